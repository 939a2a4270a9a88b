package dev.korm.gateway.wire;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON of the wire: numbers keep every digit, and nesting has a bound. */
public final class Json {
    private static final int DEPTH = 200;
    private static final int MOST_DIGITS = 1_000;

    /** Reads what clients send. */
    public static final JsonMapper MAPPER = mapper(false);

    /** Reads files that people write: comments and commas at the end are fine. */
    public static final JsonMapper LENIENT = mapper(true);

    private Json() {}

    private static JsonMapper mapper(boolean lenient) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
                .configure(JsonReadFeature.ALLOW_JAVA_COMMENTS, lenient)
                .configure(JsonReadFeature.ALLOW_TRAILING_COMMA, lenient)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /**
     * Reads an object.
     *
     * @throws RefusedException when the text is not one
     */
    public static JsonNode object(String what, String text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException broken) {
            throw RefusedException.bad("The " + what + " is not JSON");
        }
        return object(what, node);
    }

    /** Requires an object, or a text that holds one. */
    public static JsonNode object(String what, @Nullable JsonNode node) {
        if (node != null && node.isString()) {
            return object(what, node.stringValue());
        }
        if (node == null || !node.isObject()) {
            throw RefusedException.bad("The " + what + " is not a JSON object");
        }
        return node;
    }

    /** Returns the first member of these names that is there and not null. */
    public static @Nullable JsonNode member(JsonNode object, String... names) {
        for (String name : names) {
            JsonNode found = object.get(name);
            if (found != null && !found.isNull()) {
                return found;
            }
        }
        return null;
    }

    /** Returns a text, or the fallback where there is none; a number stands for its digits. */
    public static @Nullable String text(JsonNode object, @Nullable String fallback, String... names) {
        JsonNode found = member(object, names);
        if (found == null) {
            return fallback;
        }
        if (found.isString()) {
            return found.stringValue();
        }
        if (found.isNumber()) {
            return found.asString();
        }
        throw RefusedException.bad("\"" + names[0] + "\" is not a text");
    }

    /** Returns a whole number that is not negative. */
    public static long count(JsonNode object, long fallback, String... names) {
        JsonNode found = member(object, names);
        if (found == null) {
            return fallback;
        }
        if (!isLong(found) || found.decimalValue().signum() < 0) {
            throw RefusedException.bad("\"" + names[0] + "\" is not a whole number from 0");
        }
        return found.decimalValue().longValue();
    }

    /** Returns a truth value. */
    public static boolean flag(JsonNode object, boolean fallback, String... names) {
        JsonNode found = member(object, names);
        if (found == null) {
            return fallback;
        }
        if (!found.isBoolean()) {
            throw RefusedException.bad("\"" + names[0] + "\" is neither true nor false");
        }
        return found.booleanValue();
    }

    /** Returns the value of a node as Java holds it: maps, lists, texts, numbers without loss, booleans, null. */
    public static @Nullable Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            node.forEachEntry((name, value) -> fields.put(name, plain(value)));
            return Collections.unmodifiableMap(fields);
        }
        if (node.isArray()) {
            List<@Nullable Object> entries = new ArrayList<>(node.size());
            node.forEach(entry -> entries.add(plain(entry)));
            return Collections.unmodifiableList(entries);
        }
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return number(node);
        }
        return null;
    }

    private static Number number(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? (Number) node.longValue() : node.bigIntegerValue();
        }
        return decimal(node);
    }

    /** Returns a number of a length that can be worked with: a few characters such as {@code 1e999999999} are a gigabyte once they are written out. */
    public static BigDecimal decimal(JsonNode number) {
        BigDecimal decimal = number.decimalValue();
        if (Math.abs((long) decimal.scale()) > MOST_DIGITS || decimal.precision() > MOST_DIGITS) {
            throw RefusedException.bad("A number has more than " + MOST_DIGITS + " digits");
        }
        return decimal;
    }

    /** Returns whether it is a whole number of 64 bits. */
    public static boolean isLong(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong();
        }
        return node.isNumber()
                && decimal(node).stripTrailingZeros().scale() <= 0
                && decimal(node).abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    }
}
