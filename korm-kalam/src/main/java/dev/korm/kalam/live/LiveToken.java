package dev.korm.kalam.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A piece of a statement that is to be subscribed to. */
record LiveToken(Kind kind, String text) {
    enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        PARAMETER,
        SYMBOL
    }

    private static final Pattern PIECE = Pattern.compile(
            "\\s+|(?<word>[A-Za-z_]\\w*)|(?<quoted>\"[^\"]+\")|(?<string>'(?:[^']|'')*+')|(?<number>\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)"
                    + "|(?<parameter>\\$\\d+)|(?<symbol><=|>=|<>|!=|->>|->|::|\\|\\||[-=<>().,*;+/%?~])");

    static List<LiveToken> of(String sql) {
        List<LiveToken> tokens = new ArrayList<>();
        Matcher piece = PIECE.matcher(sql);
        int at = 0;
        while (at < sql.length()) {
            if (!piece.region(at, sql.length()).lookingAt()) {
                throw LiveSelect.refused("it holds a character or a literal that is not understood, at place " + at);
            }
            for (Kind kind : Kind.values()) {
                String text = piece.group(kind.name().toLowerCase(Locale.ROOT));
                if (text != null) {
                    tokens.add(new LiveToken(kind, text));
                }
            }
            at = piece.end();
        }
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).is("-") && tokens.get(i + 1).is("-")) {
                throw LiveSelect.refused("it holds a comment");
            }
        }
        return tokens;
    }

    boolean is(String word) {
        return (kind == Kind.WORD && text.equalsIgnoreCase(word)) || (kind == Kind.SYMBOL && text.equals(word));
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    String name() {
        return kind == Kind.QUOTED ? text.substring(1, text.length() - 1) : text.toLowerCase(Locale.ROOT);
    }

    String string() {
        return text.substring(1, text.length() - 1).replace("''", "'");
    }
}
