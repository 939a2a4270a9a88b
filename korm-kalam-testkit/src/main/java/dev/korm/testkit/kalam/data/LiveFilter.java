package dev.korm.testkit.kalam.data;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The small evaluator of filters of subscriptions, with its oddities: it knows comparisons alone, fails with all else, and has
 * no unknown between true and false.
 */
public final class LiveFilter {
    /** A condition; it fails where the real server drops the event. */
    private interface Node {
        boolean test(Map<String, @Nullable Object> row);
    }

    private interface Operand {
        @Nullable Object of(Map<String, @Nullable Object> row);
    }

    private static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsupported() {
            super(null, null, false, false);
        }
    }

    private final List<Token> tokens;
    private int at;

    private LiveFilter(List<Token> tokens) {
        this.tokens = tokens;
    }

    /** Returns a test of stored rows; of a filter that cannot be parsed it lets all pass, and of one beyond comparisons none. */
    public static java.util.function.Predicate<Map<String, @Nullable Object>> of(List<Token> tokens) {
        if (tokens.isEmpty()) {
            return row -> true;
        }
        LiveFilter filter = new LiveFilter(tokens);
        Node node;
        try {
            node = filter.or();
            if (filter.at < tokens.size()) {
                throw new Unsupported();
            }
        } catch (Unsupported e) {
            node = row -> {
                throw new Unsupported();
            };
        } catch (IndexOutOfBoundsException e) {
            return row -> true;
        }
        Node parsed = node;
        return row -> {
            try {
                return parsed.test(row);
            } catch (Unsupported e) {
                return false;
            }
        };
    }

    private Node or() {
        Node left = and();
        while (next("OR")) {
            Node before = left;
            Node right = and();
            left = row -> before.test(row) || right.test(row);
        }
        return left;
    }

    private Node and() {
        Node left = not();
        while (next("AND")) {
            Node before = left;
            Node right = not();
            left = row -> before.test(row) && right.test(row);
        }
        return left;
    }

    private Node not() {
        if (next("NOT")) {
            Node inner = not();
            return row -> !inner.test(row);
        }
        if (next("(")) {
            Node inner = or();
            if (!next(")")) {
                throw new Unsupported();
            }
            return inner;
        }
        return comparison();
    }

    private boolean next(String word) {
        if (at < tokens.size() && tokens.get(at).is(word)) {
            at++;
            return true;
        }
        return false;
    }

    private Node comparison() {
        Operand left = operand();
        boolean isNegated = next("NOT");
        for (String like : List.of("LIKE", "ILIKE")) {
            if (next(like)) {
                Operand pattern = operand();
                return row -> {
                    Object value = left.of(row);
                    Object wanted = pattern.of(row);
                    boolean found = value != null
                            && wanted != null
                            && like(value.toString(), wanted.toString(), like.equals("ILIKE"));
                    return found != isNegated;
                };
            }
        }
        if (at >= tokens.size() || isNegated) {
            throw new Unsupported();
        }
        String operator = tokens.get(at++).text();
        if (!List.of("=", "!=", "<>", "<", "<=", ">", ">=").contains(operator)) {
            throw new Unsupported();
        }
        Operand right = operand();
        return row -> compare(left.of(row), right.of(row), operator);
    }

    private static boolean compare(@Nullable Object left, @Nullable Object right, String operator) {
        if (operator.equals("=") || operator.equals("!=") || operator.equals("<>")) {
            boolean isEqual = (left instanceof Number one && right instanceof Number other)
                    ? one.doubleValue() == other.doubleValue()
                    : Objects.equals(left, right);
            return isEqual == operator.equals("=");
        }
        if (!(left instanceof Number one) || !(right instanceof Number other)) {
            throw new Unsupported();
        }
        double difference = Double.compare(one.doubleValue(), other.doubleValue());
        return switch (operator) {
            case "<" -> difference < 0;
            case "<=" -> difference <= 0;
            case ">" -> difference > 0;
            default -> difference >= 0;
        };
    }

    private Operand operand() {
        Token token = tokens.get(at++);
        if (at < tokens.size() && tokens.get(at).is("(")) {
            throw new Unsupported();
        }
        switch (token.kind()) {
            case STRING -> {
                String text = token.string();
                return row -> text;
            }
            case NUMBER -> {
                Object number = token.text().matches("\\d+")
                        ? (Object) Long.valueOf(token.text())
                        : Double.valueOf(token.text());
                return row -> number;
            }
            case WORD, QUOTED -> {
                if (token.is("TRUE") || token.is("FALSE")) {
                    boolean flag = token.is("TRUE");
                    return row -> flag;
                }
                if (token.is("NULL")) {
                    return row -> null;
                }
                String column = token.name();
                return row -> {
                    if (!row.containsKey(column)) {
                        throw new Unsupported();
                    }
                    return row.get(column);
                };
            }
            default -> throw new Unsupported();
        }
    }

    /** Tells whether a text is like a pattern of SQL. */
    static boolean like(String value, String pattern, boolean ignoresCase) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        int flags = Pattern.DOTALL | (ignoresCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0);
        return Pattern.compile(regex.toString(), flags).matcher(value).matches();
    }
}
