package dev.korm.kalam.live;

import dev.korm.kalam.sql.KalamType;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.SchemaField;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A filter of what the server evaluates for live events: AND, OR, NOT, parentheses, comparisons of a column with a plain literal, LIKE and ILIKE. Any other would be
 * ignored there, or drop all events, and is refused. It is evaluated here too, as SQL does, with unknown between true and false, since the server takes
 * numbers for floating point and NULL for a value.
 */
final class LiveFilter {
    /** A condition: true, false, or null for unknown. */
    private interface Node {
        @Nullable Boolean test(Row row);
    }

    private record Comparison(String column, String operator, LiveToken literal) {}

    private static final Set<String> EQUALITY = Set.of("=", "!=", "<>");
    private static final Set<String> ORDER = Set.of("<", "<=", ">", ">=");
    private static final Set<KalamType.Kind> NUMBERS = Set.of(
            KalamType.Kind.SMALL_INT,
            KalamType.Kind.INT,
            KalamType.Kind.BIG_INT,
            KalamType.Kind.FLOAT,
            KalamType.Kind.DOUBLE,
            KalamType.Kind.DECIMAL);
    private static final Set<KalamType.Kind> NOT_TEXT = Set.of(
            KalamType.Kind.UUID,
            KalamType.Kind.DATE,
            KalamType.Kind.DATE_TIME,
            KalamType.Kind.TIME,
            KalamType.Kind.TIMESTAMP);

    private final List<LiveToken> tokens;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final Node root;
    private int at;

    private LiveFilter(List<LiveToken> tokens) {
        this.tokens = tokens;
        this.root = or();
        if (at < tokens.size()) {
            throw refuse(tokens.get(at));
        }
    }

    static LiveFilter parse(List<LiveToken> tokens) {
        if (tokens.isEmpty()) {
            throw LiveSelect.refused("its filter is empty");
        }
        return new LiveFilter(List.copyOf(tokens));
    }

    String text() {
        return tokens.stream().map(LiveToken::text).collect(Collectors.joining(" "));
    }

    Set<String> columns() {
        return comparisons.stream().map(Comparison::column).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Tells whether the row fulfils the filter. */
    boolean matches(Row row) {
        return Boolean.TRUE.equals(root.test(row));
    }

    void requireTypes(List<SchemaField> schema) {
        for (Comparison each : comparisons) {
            for (SchemaField field : schema) {
                KalamType.Kind kind = field.type().kind();
                if (!field.name().equals(each.column()) || kind == KalamType.Kind.UNKNOWN) {
                    continue;
                }
                boolean isText = each.literal().kind() == LiveToken.Kind.STRING;
                if (ORDER.contains(each.operator()) && !NUMBERS.contains(kind)) {
                    throw LiveSelect.refused("the server ignores " + each.operator() + " of column " + each.column()
                            + ", which is " + kind + " and no number");
                }
                if (isText && NOT_TEXT.contains(kind)) {
                    throw LiveSelect.refused("the server ignores the comparison of column " + each.column()
                            + ", which is " + kind + ", with a text");
                }
            }
        }
    }

    private Node or() {
        Node left = and();
        while (next("OR")) {
            Node before = left;
            Node right = and();
            left = row -> {
                Boolean one = before.test(row);
                Boolean other = right.test(row);
                return (Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other))
                        ? Boolean.TRUE
                        : (one == null || other == null) ? null : Boolean.FALSE;
            };
        }
        return left;
    }

    private Node and() {
        Node left = not();
        while (next("AND")) {
            Node before = left;
            Node right = not();
            left = row -> {
                Boolean one = before.test(row);
                Boolean other = right.test(row);
                return (Boolean.FALSE.equals(one) || Boolean.FALSE.equals(other))
                        ? Boolean.FALSE
                        : (one == null || other == null) ? null : Boolean.TRUE;
            };
        }
        return left;
    }

    private Node not() {
        if (next("NOT")) {
            Node inner = not();
            return row -> {
                Boolean value = inner.test(row);
                return value == null ? null : Boolean.valueOf(!value);
            };
        }
        if (next("(")) {
            Node inner = or();
            if (!next(")")) {
                throw at < tokens.size()
                        ? refuse(tokens.get(at))
                        : LiveSelect.refused("a parenthesis of its filter is not closed");
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

    private LiveToken take() {
        if (at >= tokens.size()) {
            throw LiveSelect.refused("its filter ends too early");
        }
        return tokens.get(at++);
    }

    private static IllegalArgumentException refuse(LiveToken token) {
        String shown = token.kind() == LiveToken.Kind.STRING || token.kind() == LiveToken.Kind.NUMBER
                ? "a literal here"
                : token.text();
        return LiveSelect.refused(
                "the server does not evaluate " + shown + " in filters of live events; it knows AND, OR, NOT, ="
                        + ", !=, <, <=, >, >=, LIKE and ILIKE between a column and a plain literal");
    }

    private Node comparison() {
        LiveToken column = take();
        if (!column.isName() || column.is("TRUE") || column.is("FALSE") || column.is("NULL") || column.is("EXISTS")) {
            throw refuse(column);
        }
        if (at < tokens.size() && (tokens.get(at).is("(") || tokens.get(at).is("."))) {
            throw refuse(column);
        }
        if (at >= tokens.size()
                || tokens.get(at).is("AND")
                || tokens.get(at).is("OR")
                || tokens.get(at).is(")")) {
            throw LiveSelect.refused("the server does not evaluate a column alone: write " + column.name() + " = true");
        }
        boolean isNegated = next("NOT");
        LiveToken operator = take();
        String symbol = operator.text().toUpperCase(Locale.ROOT);
        boolean isLike = symbol.equals("LIKE") || symbol.equals("ILIKE");
        if (!isLike && (isNegated || !(EQUALITY.contains(symbol) || ORDER.contains(symbol)))) {
            throw refuse(operator);
        }
        LiveToken literal = take();
        boolean isFlag = literal.is("TRUE") || literal.is("FALSE");
        boolean isFitting =
                switch (literal.kind()) {
                    case STRING -> !ORDER.contains(symbol);
                    case NUMBER -> !isLike;
                    default -> isFlag && EQUALITY.contains(symbol);
                };
        if (!isFitting) {
            throw literal.kind() == LiveToken.Kind.STRING
                    ? LiveSelect.refused("the server compares by " + symbol + " numbers alone")
                    : refuse(literal);
        }
        comparisons.add(new Comparison(column.name(), symbol, literal));
        return isLike
                ? like(column.name(), literal.string(), symbol.equals("ILIKE"), isNegated)
                : compare(column.name(), symbol, literal);
    }

    private static Node like(String column, String pattern, boolean ignoresCase, boolean isNegated) {
        StringBuilder regex = new StringBuilder();
        pattern.codePoints()
                .forEach(c -> regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(Character.toString(c))));
        Pattern compiled = Pattern.compile(
                regex.toString(), Pattern.DOTALL | (ignoresCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0));
        return row -> {
            JsonNode cell = cell(row, column);
            return cell == null
                    ? null
                    : Boolean.valueOf(compiled.matcher(cell.asString("")).matches() != isNegated);
        };
    }

    private static @Nullable JsonNode cell(Row row, String column) {
        return row.has(column) && !row.isNull(column) ? row.json(column) : null;
    }

    private static Node compare(String column, String symbol, LiveToken literal) {
        return switch (literal.kind()) {
            case STRING -> {
                String wanted = literal.string();
                yield row -> equality(
                        cell(row, column), symbol, cell -> cell.asString("").equals(wanted));
            }
            case NUMBER -> {
                BigDecimal wanted = new BigDecimal(literal.text());
                yield row -> ordered(cell(row, column), symbol, wanted);
            }
            default -> {
                boolean wanted = literal.is("TRUE");
                yield row -> equality(cell(row, column), symbol, cell -> cell.asBoolean(false) == wanted);
            }
        };
    }

    private static @Nullable Boolean equality(
            @Nullable JsonNode cell, String symbol, java.util.function.Predicate<JsonNode> isEqual) {
        return cell == null ? null : Boolean.valueOf(isEqual.test(cell) == symbol.equals("="));
    }

    private static @Nullable Boolean ordered(@Nullable JsonNode cell, String symbol, BigDecimal wanted) {
        if (cell == null) {
            return null;
        }
        BigDecimal value;
        try {
            value = cell.isNumber() ? cell.decimalValue() : new BigDecimal(cell.asString(""));
        } catch (NumberFormatException e) {
            return false;
        }
        int order = value.compareTo(wanted);
        return switch (symbol) {
            case "=" -> order == 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> order != 0;
        };
    }
}
