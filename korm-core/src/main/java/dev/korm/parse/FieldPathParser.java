package dev.korm.parse;

import dev.korm.FieldPath;
import dev.korm.PathException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the text form of paths in one pass; see {@link FieldPath} for the grammar. */
public final class FieldPathParser {
    /** More steps than any real path has; keeps a hostile text from becoming a hostile query. */
    private static final int MOST_STEPS = 64;

    private final String text;
    private int at;

    public FieldPathParser(String text) {
        this.text = text;
    }

    /** Returns whether a name can stand in a path without quotes. */
    public static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isPlain(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c != 0x7f && ".[]\"*\\".indexOf(c) < 0;
    }

    /** @param path in any of its forms: parsed, as a text, as steps, as an accessor */
    public static <P> P requirePath(@Nullable P path) {
        if (path == null) {
            throw new PathException("A path to a field was expected, but null was given");
        }
        return path;
    }

    /** Returns the steps of the path. */
    public List<FieldPath.Step> parse() {
        List<FieldPath.Step> steps = new ArrayList<>();
        if (requirePath(text).isEmpty()) {
            throw error("A path names at least one field");
        }
        boolean name = true;
        while (at < text.length()) {
            if (steps.size() == MOST_STEPS) {
                throw error("A path has at most " + MOST_STEPS + " steps");
            }
            if (text.charAt(at) == '[') {
                steps.add(bracket());
            } else if (name) {
                steps.add(name());
            } else {
                throw error("Expected \".\" or \"[\" between steps");
            }
            name = false;
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
                name = true;
                if (at == text.length() || text.charAt(at) == '[') {
                    throw error("After \".\" comes a field's name or \"*\"");
                }
            }
        }
        return steps;
    }

    private FieldPath.Step name() {
        if (text.charAt(at) == '*') {
            at++;
            return new FieldPath.EveryField();
        }
        int start = at;
        while (at < text.length() && isPlain(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw error("Expected a field name, \"*\" or \"[\"; write other keys as [\"…\"]");
        }
        return new FieldPath.Field(text.substring(start, at));
    }

    private FieldPath.Step bracket() {
        at++;
        FieldPath.Step step;
        if (at < text.length() && text.charAt(at) == '"') {
            step = new FieldPath.Field(quoted());
        } else if (at < text.length() && text.charAt(at) == '*') {
            at++;
            step = new FieldPath.EveryEntry();
        } else {
            step = new FieldPath.Entry(index());
        }
        if (at == text.length() || text.charAt(at) != ']') {
            throw error("Expected \"]\"");
        }
        at++;
        return step;
    }

    private int index() {
        int start = at;
        int value = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            if (at - start == 9) {
                throw error("An index has at most nine digits");
            }
            value = value * 10 + text.charAt(at) - '0';
            at++;
        }
        if (at == start) {
            throw error("Expected an index, \"*\" or a key in double quotes in the brackets");
        }
        return value;
    }

    private String quoted() {
        StringBuilder key = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
                if (at == text.length() || "\\\"".indexOf(text.charAt(at)) < 0) {
                    throw error("In a quoted key, \"\\\" may only precede \"\\\" or a quote");
                }
            }
            key.append(text.charAt(at));
            at++;
        }
        if (at == text.length()) {
            throw error("The quoted key is not closed");
        }
        at++;
        return key.toString();
    }

    private PathException error(String what) {
        int from = Math.max(0, at - 24);
        String around = text.substring(from, Math.min(text.length(), at + 12)).replaceAll("\\p{Cntrl}", "?");
        return new PathException("Not a path: " + what + " (character " + at + ", near \"" + around + "\")");
    }
}
