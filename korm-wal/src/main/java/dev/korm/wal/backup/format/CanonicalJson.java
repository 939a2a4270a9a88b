package dev.korm.wal.backup.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of the JSON texts that stores write most: without escapes, and with numbers that are written plainly. It is made in one pass, and equal to that of
 * {@link Json#canonical}, which takes all others. For one thread.
 */
final class CanonicalJson {
    private static final int DEEPEST = 100;

    /** Digits of whole numbers that fit 64 bits whatever they are. */
    private static final int WHOLE_DIGITS = 18;

    /** Zeros behind the point from which on a number may be written with an exponent. */
    private static final String SMALL = "00000";

    private final String text;
    private final StringBuilder out;
    private int at;

    private CanonicalJson(String text) {
        this.text = text;
        this.out = new StringBuilder(text.length());
    }

    /** Returns the canonical form of a text; null where more than one pass is needed. */
    static @Nullable String of(String text) {
        CanonicalJson json = new CanonicalJson(text);
        if (!json.value(DEEPEST)) {
            return null;
        }
        json.space();
        return json.at == text.length() ? json.out.toString() : null;
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** Takes a character, with the space before it. */
    private boolean take(char wanted) {
        space();
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    /** Takes a value; returns false where it is none, or not a plain one. */
    private boolean value(int depth) {
        space();
        if (depth == 0 || at == text.length()) {
            return false;
        }
        return switch (text.charAt(at)) {
            case '"' -> string();
            case '[' -> array(depth);
            case '{' -> object(depth);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean word(String word) {
        boolean there = text.startsWith(word, at);
        out.append(word);
        at += word.length();
        return there;
    }

    private boolean string() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"') {
            if (text.charAt(end) < ' ' || text.charAt(end) == '\\') {
                return false;
            }
            end++;
        }
        if (end == text.length()) {
            return false;
        }
        end++;
        out.append(text, at, end);
        at = end;
        return true;
    }

    private boolean number() {
        int from = at;
        at += text.charAt(at) == '-' ? 1 : 0;
        int whole = digits();
        boolean zero = whole == 1 && text.charAt(at - 1) == '0';
        if (whole == 0 || whole > WHOLE_DIGITS || (!zero && text.charAt(at - whole) == '0')) {
            return false;
        }
        boolean fraction = at < text.length() && text.charAt(at) == '.';
        if (fraction) {
            at++;
            boolean small = zero && text.startsWith(SMALL, at);
            if (digits() == 0 || small || text.charAt(at - 1) == '0') {
                return false;
            }
        } else if (zero && text.charAt(from) == '-') {
            return false;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            return false;
        }
        out.append(text, from, at);
        return true;
    }

    private int digits() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - from;
    }

    private boolean array(int depth) {
        at++;
        out.append('[');
        if (!take(']')) {
            do {
                if (!value(depth - 1)) {
                    return false;
                }
                out.append(',');
            } while (take(','));
            if (!take(']')) {
                return false;
            }
            out.setLength(out.length() - 1);
        }
        out.append(']');
        return true;
    }

    /** The text of a member as it was written, and the length of its name with the quotes. */
    private record Member(String text, int name) {
        String key() {
            return text.substring(1, name - 1);
        }
    }

    private boolean object(int depth) {
        at++;
        int begin = out.length();
        List<Member> members = new ArrayList<>();
        boolean sorted = true;
        if (!take('}')) {
            do {
                space();
                int from = out.length();
                if (at == text.length() || text.charAt(at) != '"' || !string()) {
                    return false;
                }
                int name = out.length() - from;
                if (!take(':')) {
                    return false;
                }
                out.append(':');
                if (!value(depth - 1)) {
                    return false;
                }
                Member member = new Member(out.substring(from), name);
                out.setLength(begin);
                sorted &= members.isEmpty()
                        || members.get(members.size() - 1).key().compareTo(member.key()) < 0;
                members.add(member);
            } while (take(','));
            if (!take('}')) {
                return false;
            }
        }
        if (!sorted) {
            members.sort(Comparator.comparing(Member::key));
            for (int i = 1; i < members.size(); i++) {
                if (members.get(i - 1).key().equals(members.get(i).key())) {
                    return false;
                }
            }
        }
        out.append('{');
        for (int i = 0; i < members.size(); i++) {
            out.append(i == 0 ? "" : ",").append(members.get(i).text());
        }
        out.append('}');
        return true;
    }
}
