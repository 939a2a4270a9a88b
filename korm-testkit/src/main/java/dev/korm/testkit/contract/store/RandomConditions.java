package dev.korm.testkit.contract.store;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TextFolding;
import dev.korm.spi.query.TextPattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Random rows and conditions, and what the conditions mean, written as plainly as possible. JSON values are maps, lists,
 * texts, longs, doubles, booleans and null.
 */
final class RandomConditions {
    private static final List<String> TEXTS =
            List.of("", "a", "A", "ab", "aB", "abc", "*", "a%b", "_", "[a]", "é", "\uD83D\uDE00", "a\nb", "'", "1");
    private static final List<String> KEYS = List.of("a", "b", "", "x.y", "q\"q");
    private static final List<BigDecimal> DECIMALS = List.of(
            new BigDecimal("1"),
            new BigDecimal("1.0"),
            new BigDecimal("0.1"),
            new BigDecimal("-2.50"),
            new BigDecimal("2"),
            new BigDecimal("1e20"));

    private final Random random;

    RandomConditions(long seed) {
        random = new Random(seed);
    }

    /** Returns the values of a row: text, whole, amount and data. */
    Map<String, @Nullable Object> row() {
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("text", orNull(text()));
        row.put("whole", orNull(number()));
        row.put("amount", orNull(decimal()));
        row.put("data", random.nextInt(8) == 0 ? null : document(3));
        return row;
    }

    private @Nullable Object orNull(Object value) {
        return random.nextInt(5) == 0 ? null : value;
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private long number() {
        return random.nextInt(5) - 1L;
    }

    private BigDecimal decimal() {
        return DECIMALS.get(random.nextInt(DECIMALS.size()));
    }

    private @Nullable Object document(int depth) {
        int choice = random.nextInt(depth > 0 ? 9 : 5);
        return switch (choice) {
            case 0 -> text();
            case 1 -> number();
            case 2 -> number() + 0.5;
            case 3 -> random.nextBoolean();
            case 4 -> depth == 3 ? number() : null;
            case 5, 6 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(document(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(KEYS.get(random.nextInt(KEYS.size())), document(depth - 1));
                }
                yield map;
            }
        };
    }

    /** Returns a JSON text of the value. */
    static String json(@Nullable Object value) {
        if (value instanceof String text) {
            return LayerConditionContract.quoted(text);
        }
        if (value instanceof List<?> list) {
            List<String> entries = new ArrayList<>();
            list.forEach(entry -> entries.add(json(entry)));
            return "[" + String.join(", ", entries) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            List<String> members = new ArrayList<>();
            map.forEach((key, member) -> members.add(LayerConditionContract.quoted((String) key) + ":" + json(member)));
            return "{" + String.join(",", members) + "}";
        }
        return String.valueOf(value);
    }

    /** Returns a condition over the columns of a row, and over elements that are nested in it. */
    Condition condition(int depth) {
        return condition(depth, 0, 0);
    }

    private Condition condition(int depth, int firstElement, int elements) {
        int choice = random.nextInt(depth > 0 ? 12 : 6);
        Operand operand = operand(firstElement, elements);
        return switch (choice) {
            case 0, 1 -> comparison(operand);
            case 2 -> {
                List<Object> constants = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    constants.add(constant(operand.kind()));
                }
                yield new Condition.OneOf(operand, constants);
            }
            case 3 ->
                operand.kind() == ColumnKind.TEXT ? new Condition.Matches(operand, pattern()) : comparison(operand);
            case 4, 5 -> new Condition.IsNull(operand);
            case 6, 7 -> new Condition.Not(condition(depth - 1, firstElement, elements));
            case 8 -> new Condition.And(conditions(depth, firstElement, elements));
            case 9 -> new Condition.Or(conditions(depth, firstElement, elements));
            default -> {
                int source = 10 + elements;
                Operand container = json(document(firstElement, elements), ColumnKind.JSON);
                Condition.Members members =
                        random.nextBoolean() ? Condition.Members.ENTRIES : Condition.Members.ENTRIES_OR_VALUES;
                yield new Condition.AnyElement(
                        source, container, members, List.of(), condition(depth - 1, firstElement, elements + 1));
            }
        };
    }

    private List<Condition> conditions(int depth, int firstElement, int elements) {
        List<Condition> conditions = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            conditions.add(condition(depth - 1, firstElement, elements));
        }
        return conditions;
    }

    private Operand operand(int firstElement, int elements) {
        return switch (random.nextInt(7)) {
            case 0 -> LayerWorld.of("text");
            case 1 -> LayerWorld.of("whole");
            case 2 -> LayerWorld.of("amount");
            default -> json(document(firstElement, elements), kind());
        };
    }

    private ColumnKind kind() {
        return List.of(
                        ColumnKind.TEXT,
                        ColumnKind.INTEGER,
                        ColumnKind.REAL,
                        ColumnKind.BOOLEAN,
                        ColumnKind.DECIMAL,
                        ColumnKind.JSON)
                .get(random.nextInt(6));
    }

    private Operand document(int firstElement, int elements) {
        int choice = random.nextInt(elements + 1);
        return choice == 0 ? LayerWorld.of("data") : new Operand.Element(10 + firstElement + choice - 1);
    }

    private Operand json(Operand document, ColumnKind kind) {
        List<JsonPath.Step> steps = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            steps.add(
                    random.nextInt(3) == 0
                            ? new JsonPath.Entry(random.nextInt(3))
                            : new JsonPath.Member(KEYS.get(random.nextInt(KEYS.size()))));
        }
        return new Operand.Json(document, new JsonPath(steps), kind);
    }

    private Condition comparison(Operand operand) {
        Condition.Comparison[] all = Condition.Comparison.values();
        int known = operand.kind() == ColumnKind.JSON ? 2 : all.length;
        return new Condition.Compare(operand, all[random.nextInt(known)], constant(operand.kind()));
    }

    private Object constant(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL, DECIMAL ->
                switch (random.nextInt(3)) {
                    case 0 -> (Object) number();
                    case 1 -> (Object) (number() + 0.5 * random.nextInt(2));
                    default -> decimal();
                };
            case BOOLEAN -> random.nextBoolean();
            case JSON -> json(document(2));
            default -> text();
        };
    }

    private TextPattern pattern() {
        List<TextPattern.Part> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            parts.add(
                    switch (random.nextInt(3)) {
                        case 0 -> new TextPattern.AnyText();
                        case 1 -> new TextPattern.AnyCharacter();
                        default -> new TextPattern.Literal(text());
                    });
        }
        return new TextPattern(parts, random.nextBoolean() ? TextPattern.Case.SENSITIVE : TextPattern.Case.INSENSITIVE);
    }

    /** Evaluates the condition: true, false, or null for unknown. */
    static @Nullable Boolean evaluate(
            Condition condition, Map<String, @Nullable Object> row, Map<Integer, @Nullable Object> elements) {
        if (condition instanceof Condition.And all) {
            return and(all.conditions(), row, elements);
        }
        if (condition instanceof Condition.Or any) {
            List<Condition> negated = new ArrayList<>();
            any.conditions().forEach(each -> negated.add(new Condition.Not(each)));
            return not(and(negated, row, elements));
        }
        if (condition instanceof Condition.Not not) {
            return not(evaluate(not.condition(), row, elements));
        }
        if (condition instanceof Condition.IsNull isNull) {
            return value(isNull.operand(), row, elements) == null;
        }
        if (condition instanceof Condition.AnyElement any) {
            Object container = value(any.container(), row, elements);
            List<@Nullable Object> entries =
                    container instanceof Boxed boxed ? boxed.entries(any.members()) : List.of();
            for (Object entry : entries) {
                Map<Integer, @Nullable Object> inner = new HashMap<>(elements);
                inner.put(any.source(), entry);
                if (Boolean.TRUE.equals(evaluate(any.condition(), row, inner))) {
                    return true;
                }
            }
            return false;
        }
        return leaf(condition, row, elements);
    }

    private static @Nullable Boolean leaf(
            Condition condition, Map<String, @Nullable Object> row, Map<Integer, @Nullable Object> elements) {
        if (condition instanceof Condition.Compare compare) {
            Object value = value(compare.operand(), row, elements);
            return value == null ? null : holds(value, compare.comparison(), compare.value());
        }
        if (condition instanceof Condition.OneOf oneOf) {
            Object value = value(oneOf.operand(), row, elements);
            if (oneOf.values().isEmpty()) {
                return false;
            }
            return value == null
                    ? null
                    : (Boolean)
                            oneOf.values().stream().anyMatch(each -> holds(value, Condition.Comparison.EQUAL, each));
        }
        Condition.Matches matches = (Condition.Matches) condition;
        Object value = value(matches.operand(), row, elements);
        return value == null ? null : (Boolean) matches((String) value, matches.pattern());
    }

    private static @Nullable Boolean not(@Nullable Boolean value) {
        return value == null ? null : (Boolean) !value;
    }

    private static @Nullable Boolean and(
            List<Condition> conditions, Map<String, @Nullable Object> row, Map<Integer, @Nullable Object> elements) {
        boolean unknown = false;
        for (Condition each : conditions) {
            Boolean value = evaluate(each, row, elements);
            if (value == null) {
                unknown = true;
            } else if (!value) {
                return false;
            }
        }
        return unknown ? null : (Boolean) true;
    }

    private static boolean holds(Object value, Condition.Comparison comparison, Object constant) {
        int order;
        if (value instanceof Boxed boxed) {
            order = json(sorted(boxed.value)).equals(canonical((String) constant)) ? 0 : 1;
        } else if (value instanceof String text) {
            order = compareCodePoints(text, (String) constant);
        } else if (value instanceof Boolean yes) {
            order = Boolean.compare(yes, (Boolean) constant);
        } else {
            order = exact(value).compareTo(exact(constant));
        }
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    /**
     * Returns a canonical text: the generated JSON differs only in the order of members, which its map's text settles.
     */
    private static String canonical(String json) {
        return json(sorted(new JsonReader(json).read()));
    }

    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof List<?> list) {
            List<@Nullable Object> entries = new ArrayList<>();
            list.forEach(entry -> entries.add(sorted(entry)));
            return entries;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> members = new TreeMap<>();
            map.forEach((key, member) -> members.put((String) key, sorted(member)));
            return members;
        }
        return value;
    }

    private static int compareCodePoints(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }

    private static BigDecimal exact(Object number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        return number instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal((Double) number);
    }

    private static boolean matches(String text, TextPattern pattern) {
        boolean fold = pattern.sensitivity() == TextPattern.Case.INSENSITIVE;
        StringBuilder regex = new StringBuilder();
        for (TextPattern.Part part : pattern.parts()) {
            if (part instanceof TextPattern.Literal literal) {
                regex.append(Pattern.quote(fold ? TextFolding.fold(literal.text()) : literal.text()));
            } else {
                regex.append(part instanceof TextPattern.AnyText ? ".*" : ".");
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL)
                .matcher(fold ? TextFolding.fold(text) : text)
                .matches();
    }

    private static @Nullable Object value(
            Operand operand, Map<String, @Nullable Object> row, Map<Integer, @Nullable Object> elements) {
        if (operand instanceof Operand.Column column) {
            return row.get(column.name());
        }
        Operand.Json json = (Operand.Json) operand;
        Object at =
                json.document() instanceof Operand.Element element ? elements.get(element.source()) : row.get("data");
        for (JsonPath.Step step : json.path().steps()) {
            at = step(at, step);
        }
        return at == null ? null : ofKind(at, json.kind());
    }

    private static @Nullable Object step(@Nullable Object at, JsonPath.Step step) {
        if (step instanceof JsonPath.Member member) {
            return at instanceof Map<?, ?> map ? map.get(member.key()) : null;
        }
        int index = ((JsonPath.Entry) step).index();
        return at instanceof List<?> list && index < list.size() ? list.get(index) : null;
    }

    private static @Nullable Object ofKind(Object value, ColumnKind kind) {
        boolean number = value instanceof Long || value instanceof Double;
        return switch (kind) {
            case INTEGER, REAL -> number ? value : null;
            case TEXT -> value instanceof String ? value : null;
            case BOOLEAN -> value instanceof Boolean ? value : null;
            case DECIMAL -> number ? value : value.equals("1") ? BigDecimal.ONE : null;
            default -> new Boxed(value);
        };
    }

    /** A JSON value that is compared as one. */
    private record Boxed(Object value) {
        List<@Nullable Object> entries(Condition.Members members) {
            if (value instanceof List<?> list) {
                return new ArrayList<>(list);
            }
            return value instanceof Map<?, ?> map && members == Condition.Members.ENTRIES_OR_VALUES
                    ? new ArrayList<>(map.values())
                    : List.of();
        }
    }

    /** Reads the JSON that {@link #json} writes. */
    private static final class JsonReader {
        private final String text;
        private int position;

        JsonReader(String text) {
            this.text = text;
        }

        @Nullable Object read() {
            char c = text.charAt(position);
            if (c == '{') {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                position++;
                while (text.charAt(position) != '}') {
                    skip(",");
                    String key = string();
                    skip(":");
                    map.put(key, read());
                }
                position++;
                return map;
            }
            if (c == '[') {
                List<@Nullable Object> list = new ArrayList<>();
                position++;
                while (text.charAt(position) != ']') {
                    skip(", ");
                    list.add(read());
                }
                position++;
                return list;
            }
            return c == '"' ? string() : word();
        }

        private void skip(String expected) {
            if (text.startsWith(expected, position)) {
                position += expected.length();
            }
        }

        private String string() {
            StringBuilder out = new StringBuilder();
            for (position++; text.charAt(position) != '"'; position++) {
                char c = text.charAt(position);
                if (c == '\\' && text.charAt(position + 1) == 'u') {
                    out.append((char) Integer.parseInt(text.substring(position + 2, position + 6), 16));
                    position += 5;
                } else {
                    out.append(c == '\\' ? text.charAt(++position) : c);
                }
            }
            position++;
            return out.toString();
        }

        private @Nullable Object word() {
            int end = position;
            while (end < text.length() && ",]}".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            String word = text.substring(position, end);
            position = end;
            return switch (word) {
                case "true" -> true;
                case "false" -> false;
                case "null" -> null;
                default -> word.contains(".") ? (Object) Double.valueOf(word) : (Object) Long.valueOf(word);
            };
        }
    }
}
