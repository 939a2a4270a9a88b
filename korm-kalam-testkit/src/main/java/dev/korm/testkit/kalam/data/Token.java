package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A piece of SQL text. */
public record Token(Kind kind, String text, int start, int end) {
    enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        PARAMETER,
        SYMBOL
    }

    private static final List<String> SYMBOLS = List.of("->>", "->", "<=", ">=", "<>", "!=", "||", "::");

    /** Tells whether this is the keyword. */
    boolean is(String word) {
        return (kind == Kind.WORD && text.equalsIgnoreCase(word)) || (kind == Kind.SYMBOL && text.equals(word));
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    /** Returns the identifier's name: folded to lower case, unless it is quoted. */
    public String name() {
        return kind == Kind.QUOTED
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                : text.toLowerCase(Locale.ROOT);
    }

    /** Returns the text that a string literal stands for. */
    String string() {
        return text.substring(1, text.length() - 1).replace("''", "'");
    }

    static List<Token> of(String sql) {
        List<Token> tokens = new ArrayList<>();
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            int from = i;
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            if (sql.startsWith("--", i)) {
                int end = sql.indexOf('\n', i);
                i = end < 0 ? sql.length() : end + 1;
                continue;
            }
            if (sql.startsWith("/*", i)) {
                int end = sql.indexOf("*/", i + 2);
                if (end < 0) {
                    throw new SqlFailure(400, "BATCH_PARSE_ERROR", "Unterminated comment");
                }
                i = end + 2;
                continue;
            }
            Kind kind;
            if (c == '\'' || c == '"') {
                i = quoted(sql, i, c);
                kind = c == '"' ? Kind.QUOTED : Kind.STRING;
            } else if ((c == 'X' || c == 'x') && i + 1 < sql.length() && sql.charAt(i + 1) == '\'') {
                i = quoted(sql, i + 1, '\'');
                kind = Kind.NUMBER;
            } else if (Character.isLetter(c) || c == '_') {
                while (i < sql.length() && (Character.isLetterOrDigit(sql.charAt(i)) || sql.charAt(i) == '_')) {
                    i++;
                }
                kind = Kind.WORD;
            } else if (Character.isDigit(c)
                    || (c == '.' && i + 1 < sql.length() && Character.isDigit(sql.charAt(i + 1)))) {
                i = number(sql, i);
                kind = Kind.NUMBER;
            } else if (c == '$' && i + 1 < sql.length() && Character.isDigit(sql.charAt(i + 1))) {
                i++;
                while (i < sql.length() && Character.isDigit(sql.charAt(i))) {
                    i++;
                }
                kind = Kind.PARAMETER;
            } else {
                i++;
                for (String symbol : SYMBOLS) {
                    if (sql.startsWith(symbol, from)) {
                        i = from + symbol.length();
                        break;
                    }
                }
                kind = Kind.SYMBOL;
            }
            tokens.add(new Token(kind, sql.substring(from, i), from, i));
        }
        return tokens;
    }

    private static int quoted(String sql, int from, char quote) {
        int i = from + 1;
        while (i < sql.length()) {
            if (sql.charAt(i) == quote) {
                if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                    i += 2;
                    continue;
                }
                return i + 1;
            }
            i++;
        }
        throw new SqlFailure(400, "BATCH_PARSE_ERROR", "Unterminated literal");
    }

    private static int number(String sql, int from) {
        int i = from;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            boolean isExponentSign =
                    (c == '+' || c == '-') && i > from && Character.toLowerCase(sql.charAt(i - 1)) == 'e';
            if (!Character.isLetterOrDigit(c) && c != '.' && !isExponentSign) {
                break;
            }
            i++;
        }
        return i;
    }
}
