package dev.korm.gateway.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.gateway.query.QuerySpec.Basic;
import dev.korm.gateway.query.QuerySpec.CursorEntry;
import dev.korm.gateway.query.QuerySpec.Node;
import dev.korm.gateway.query.QuerySpec.OrderKey;
import dev.korm.gateway.query.QuerySpec.Range;
import dev.korm.gateway.query.QuerySpec.Scalar;
import dev.korm.gateway.query.QuerySpec.Several;
import dev.korm.gateway.query.QuerySpec.Sort;
import dev.korm.gateway.query.QuerySpec.Value;
import dev.korm.gateway.query.QuerySpec.Wrapper;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The JSON form of queries. Whatever it does not know is refused: a condition that were left out would show more rows. */
public final class QueryJson {
    private QueryJson() {}

    /** Reads a query. */
    public static QuerySpec read(JsonNode query) {
        return read(query, QuerySpec.DEFAULT_LIMIT);
    }

    /** Reads a query that has another limit where it says none. */
    public static QuerySpec read(JsonNode query, int limit) {
        return new QuerySpec(
                textOr(query, "", "hash"),
                Optional.ofNullable(Json.member(query, "wrapper")).map(QueryJson::node),
                list(query, "order", QueryJson::key),
                list(query, "cursor", QueryJson::entry),
                (int) Math.min(Json.count(query, limit, "limit"), Integer.MAX_VALUE),
                (int) Math.min(Json.count(query, 1, "schema_version", "schemaVersion"), Integer.MAX_VALUE),
                Json.flag(query, true, "strict_after", "strictAfter"));
    }

    /** Reads a filter. */
    public static Node node(JsonNode node) {
        Json.object("filter", node);
        if (node.has("filter_wrapper_type") || node.has("filters")) {
            String type = textOr(node, "and", "filter_wrapper_type");
            if (!type.equals("and") && !type.equals("or")) {
                throw RefusedException.bad("\"" + FilterType.shown(type) + "\" is no filter_wrapper_type");
            }
            return new Wrapper(type.equals("or"), list(node, "filters", QueryJson::node));
        }
        JsonNode modifier = Json.member(node, "modifier");
        JsonNode value = node.get("value");
        return new Basic(
                required(node, "field_name"),
                FilterType.of(required(node, "filter_type")),
                value == null ? Optional.empty() : Optional.of(value(value)),
                modifier != null && Json.flag(Json.object("modifier", modifier), false, "distinct"),
                modifier != null && Json.flag(Json.object("modifier", modifier), false, "case_insensitive"));
    }

    /** Returns the filter of rows with a text in a field; a key of another kind is compared with the number of the text, too. */
    public static Filter equal(FieldNames names, String field, String text) {
        FieldPath path = names.single(field);
        Filter same = Filter.eq(path, text);
        if (path.equals(FieldNames.ID) || !text.matches("-?[0-9]{1,18}")) {
            return same;
        }
        return same.or(Filter.eq(path, Long.valueOf(text)));
    }

    private static OrderKey key(JsonNode node) {
        Json.object("key of the order", node);
        String sort = textOr(node, Sort.DESC_DEFAULT.name(), "sort");
        for (Sort each : Sort.values()) {
            if (each.name().equals(sort)) {
                return new OrderKey(required(node, "field"), each, Json.flag(node, false, "is_pk"));
            }
        }
        throw RefusedException.bad("\"" + FilterType.shown(sort) + "\" is no sort");
    }

    private static CursorEntry entry(JsonNode node) {
        Json.object("entry of the cursor", node);
        JsonNode value = node.get("value");
        return new CursorEntry(required(node, "field"), value == null ? new Scalar(null) : scalar(value(value)));
    }

    private static Value value(JsonNode node) {
        if (node.isNull()) {
            return new Scalar(null);
        }
        if (!node.isObject() || node.size() != 1) {
            throw RefusedException.bad("The value of a filter has one key, which names its type");
        }
        Map.Entry<String, JsonNode> only = node.properties().iterator().next();
        JsonNode held = Json.object("value of a filter", only.getValue());
        return switch (only.getKey()) {
            case "StringValue" -> new Scalar(single(held, QueryJson::string));
            case "NumberValue" -> new Scalar(single(held, QueryJson::number));
            case "BoolValue" -> new Scalar(single(held, QueryJson::bool));
            case "NullValue" -> new Scalar(null);
            case "Int64Value" -> new Scalar(single(held, QueryJson::int64));
            case "TimestampValue" ->
                new Scalar(TimeUnits.instant(single(held, QueryJson::int64, "epoch"), textOr(held, "MICROS", "unit")));
            case "StringList" -> new Several(values(held, QueryJson::string));
            case "Int64List" -> new Several(values(held, QueryJson::int64));
            case "Float64List" -> new Several(values(held, QueryJson::number));
            case "BoolList" -> new Several(values(held, QueryJson::bool));
            case "RangeValue" ->
                new Range(
                        bound(held, "low"),
                        bound(held, "high"),
                        Json.flag(held, true, "include_low"),
                        Json.flag(held, true, "include_high"));
            default -> throw RefusedException.bad("\"" + FilterType.shown(only.getKey()) + "\" is no type of a value");
        };
    }

    private static Scalar bound(JsonNode range, String name) {
        JsonNode bound = Json.member(range, name);
        return bound == null ? new Scalar(null) : scalar(value(bound));
    }

    private static Scalar scalar(Value value) {
        if (value instanceof Scalar scalar) {
            return scalar;
        }
        throw RefusedException.bad("A single value is needed here, not a list and not a range");
    }

    private static <T> T single(JsonNode held, Function<JsonNode, T> read) {
        return single(held, read, "value");
    }

    private static <T> T single(JsonNode held, Function<JsonNode, T> read, String name) {
        JsonNode value = Json.member(held, name);
        if (value == null) {
            throw RefusedException.bad("A value of a filter lacks its \"" + name + "\"");
        }
        return read.apply(value);
    }

    private static List<@Nullable Object> values(JsonNode held, Function<JsonNode, Object> read) {
        JsonNode values = Json.member(held, "values");
        if (values == null || !values.isArray()) {
            throw RefusedException.bad("A list of values lacks its \"values\"");
        }
        List<@Nullable Object> all = new ArrayList<>(values.size());
        for (JsonNode value : values) {
            all.add(value.isNull() ? null : read.apply(value));
        }
        return all;
    }

    private static Object string(JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        throw RefusedException.bad("A StringValue holds a text");
    }

    private static Object bool(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        throw RefusedException.bad("A BoolValue holds true or false");
    }

    /** Returns the double where it is exactly that number, as binary queries have it, and all digits otherwise. */
    private static Object number(JsonNode value) {
        if (!value.isNumber()) {
            throw RefusedException.bad("A NumberValue holds a number");
        }
        BigDecimal exact = Json.decimal(value);
        double near = exact.doubleValue();
        return Double.isFinite(near) && new BigDecimal(near).compareTo(exact) == 0 ? (Object) near : exact;
    }

    private static Long int64(JsonNode value) {
        try {
            if (value.isString()) {
                return Long.valueOf(value.stringValue());
            }
        } catch (NumberFormatException noNumber) {
            throw notInt64();
        }
        if (!Json.isLong(value)) {
            throw notInt64();
        }
        return value.decimalValue().longValue();
    }

    private static RefusedException notInt64() {
        return RefusedException.bad("An Int64Value holds a whole number of 64 bits");
    }

    private static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> read) {
        JsonNode list = Json.member(node, name);
        List<T> all = new ArrayList<>();
        if (list != null) {
            if (!list.isArray()) {
                throw RefusedException.bad("\"" + name + "\" is not a list");
            }
            list.forEach(entry -> all.add(read.apply(entry)));
        }
        return all;
    }

    private static String required(JsonNode node, String name) {
        String text = Json.text(node, null, name);
        if (text == null || text.isEmpty()) {
            throw RefusedException.bad("A filter or a key of the order lacks its \"" + name + "\"");
        }
        return text;
    }

    private static String textOr(JsonNode node, String fallback, String name) {
        String text = Json.text(node, fallback, name);
        return text == null ? fallback : text;
    }
}
