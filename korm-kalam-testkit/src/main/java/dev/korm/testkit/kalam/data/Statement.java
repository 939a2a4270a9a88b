package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.List;

/** One statement of a request: its text and its tokens. */
public record Statement(String text, List<Token> tokens) {

    /** Splits a request's text at its semicolons. */
    public static List<Statement> split(String sql) {
        List<Statement> statements = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        for (Token token : Token.of(sql)) {
            if (token.is(";")) {
                add(sql, current, statements);
                current = new ArrayList<>();
            } else {
                current.add(token);
            }
        }
        add(sql, current, statements);
        if (statements.isEmpty()) {
            throw new SqlFailure(400, "EMPTY_SQL", "No SQL statements provided");
        }
        return statements;
    }

    private static void add(String sql, List<Token> tokens, List<Statement> statements) {
        if (!tokens.isEmpty()) {
            int from = tokens.get(0).start();
            String text = sql.substring(from, tokens.get(tokens.size() - 1).end());
            statements.add(new Statement(
                    text,
                    tokens.stream()
                            .map(token ->
                                    new Token(token.kind(), token.text(), token.start() - from, token.end() - from))
                            .toList()));
        }
    }

    /** Tells whether the statement begins with these words. */
    public boolean begins(String... words) {
        return isAt(0, words);
    }

    public boolean isAt(int index, String... words) {
        if (index + words.length > tokens.size()) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!tokens.get(index + i).is(words[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns the index of the word outside of parentheses, or -1. */
    public int indexOf(String word, int from) {
        int depth = 0;
        for (int i = from; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("(")) {
                depth++;
            } else if (token.is(")")) {
                depth--;
            } else if (depth == 0 && token.is(word)) {
                return i;
            }
        }
        return -1;
    }

    public boolean mentions(String word) {
        return tokens.stream().anyMatch(token -> token.is(word));
    }

    public boolean hasParameters() {
        return tokens.stream().anyMatch(token -> token.kind() == Token.Kind.PARAMETER);
    }

    Statement from(int index) {
        return new Statement(text, tokens.subList(index, tokens.size())).own();
    }

    public Statement between(int from, int to) {
        return new Statement(text, tokens.subList(from, to)).own();
    }

    private Statement own() {
        List<Statement> one = new ArrayList<>();
        add(text, tokens, one);
        if (one.isEmpty()) {
            throw SqlFailure.invalid("Incomplete statement");
        }
        return one.get(0);
    }
}
