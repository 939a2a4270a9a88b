package dev.korm.jdbc.number;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** JSON texts compared by value. A text that is no JSON counts as a JSON string of that text. */
public final class JsonTexts {
    /** A document deeper than this is no JSON to korm. */
    private static final int DEPTH = 1000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonTexts() {}

    /** Returns a text that is the same for two JSON texts exactly when they are the same value. */
    public static String canonical(String json) {
        StringBuilder out = new StringBuilder(json.length() + 16);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            if (parser.currentToken() != null) {
                value(parser, out);
                if (parser.nextToken() == null) {
                    return out.toString();
                }
            }
        } catch (JacksonException noJson) {
            out.setLength(0);
        }
        out.setLength(0);
        string(json, out);
        return out.toString();
    }

    /** Returns the text itself when it is JSON, otherwise a JSON string of the text. */
    public static String wellFormed(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            boolean some = false;
            while (parser.nextToken() != null) {
                some = true;
                if (parser.streamReadContext().inRoot()
                        && parser.currentToken() != JsonToken.START_OBJECT
                        && parser.currentToken() != JsonToken.START_ARRAY) {
                    return parser.nextToken() == null ? text : jsonString(text);
                }
            }
            return some ? text : jsonString(text);
        } catch (JacksonException noJson) {
            return jsonString(text);
        }
    }

    /** Writes texts as a JSON array. */
    public static String array(List<String> texts) {
        StringBuilder out = new StringBuilder(texts.size() * 40).append('[');
        for (String text : texts) {
            if (out.length() > 1) {
                out.append(',');
            }
            append(out, text);
        }
        return out.append(']').toString();
    }

    /** Numbers, texts, and bytes as hexadecimal texts, as a JSON array that SQLite reads without loss. */
    public static String scalars(List<Object> values) {
        StringBuilder out = new StringBuilder(values.size() * 12).append('[');
        for (Object value : values) {
            if (out.length() > 1) {
                out.append(',');
            }
            if (value instanceof byte[] bytes) {
                out.append('"').append(HexFormat.of().formatHex(bytes)).append('"');
            } else if (value instanceof Double real && !Double.isFinite(real)) {
                // SQLite has no NaN, which it takes for null.
                out.append(real.isNaN() ? "null" : real > 0 ? "9e999" : "-9e999");
            } else if (value instanceof Number number) {
                out.append(number);
            } else {
                out.append(jsonString((String) value));
            }
        }
        return out.append(']').toString();
    }

    private static String jsonString(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        append(out, text);
        return out.toString();
    }

    private static void append(StringBuilder out, String text) {
        out.append('"');
        int written = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                out.append(text, written, i);
                out.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : "\\" + c);
                written = i + 1;
            }
        }
        out.append(text, written, text.length()).append('"');
    }

    private static void value(JsonParser parser, StringBuilder out) {
        JsonToken token = parser.currentToken();
        switch (token) {
            case START_OBJECT -> object(parser, out);
            case START_ARRAY -> array(parser, out);
            case VALUE_STRING -> string(parser.getString(), out);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString(), out);
            default -> out.append(parser.getString());
        }
    }

    private static void object(JsonParser parser, StringBuilder out) {
        Map<String, String> members = new TreeMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            StringBuilder member = new StringBuilder();
            value(parser, member);
            members.put(key, member.toString());
        }
        out.append('{');
        members.forEach((key, member) -> {
            string(key, out);
            out.append(':').append(member).append(',');
        });
        out.append('}');
    }

    private static void array(JsonParser parser, StringBuilder out) {
        out.append('[');
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            value(parser, out);
            out.append(',');
        }
        out.append(']');
    }

    private static void number(String text, StringBuilder out) {
        BigDecimal number = new BigDecimal(text);
        if (number.signum() == 0) {
            out.append('0');
            return;
        }
        BigDecimal shortest = number.stripTrailingZeros();
        out.append(shortest.unscaledValue());
        if (shortest.scale() != 0) {
            out.append('e').append(-(long) shortest.scale());
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    /**
     * Returns the value of a JSON text that is a boolean, a number or a string; the text itself when it is none of
     * them.
     */
    public static Object scalar(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return json;
            }
            return switch (token) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_STRING -> parser.getString();
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
                default -> json;
            };
        } catch (JacksonException noJson) {
            return json;
        }
    }

    /**
     * Reads a number as {@code json_extract} does: whole when it is written so and fits into 64 bits, otherwise the
     * nearest double.
     */
    private static Object number(String text) {
        boolean whole = text.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
        BigDecimal exact = new BigDecimal(text);
        return whole && exact.unscaledValue().bitLength() < Long.SIZE
                ? (Object) exact.longValue()
                : (Object) exact.doubleValue();
    }

    /** Returns the order of scalars of different kinds: booleans, numbers, texts. */
    public static int compareScalars(String left, String right) {
        Object a = scalar(left);
        Object b = scalar(right);
        int rank = Integer.compare(rank(a), rank(b));
        if (rank != 0) {
            return rank;
        }
        if (a instanceof Boolean yes && b instanceof Boolean other) {
            return Boolean.compare(yes, other);
        }
        return a instanceof String text && b instanceof String other
                ? compareCodePoints(text, other)
                : compareNumbers((Number) a, (Number) b);
    }

    private static int compareNumbers(Number left, Number right) {
        double a = left.doubleValue();
        double b = right.doubleValue();
        // A number like 1e400 is infinite as a double, and so has no exact value.
        return Double.isInfinite(a) || Double.isInfinite(b)
                ? Double.compare(a, b)
                : Decimals.exact(left).compareTo(Decimals.exact(right));
    }

    private static int rank(Object scalar) {
        return scalar instanceof Boolean ? 0 : scalar instanceof String ? 2 : 1;
    }

    /** Compares by code point, which differs from {@link String#compareTo} above the basic plane. */
    static int compareCodePoints(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean surrogates = Character.isSurrogate(a) == Character.isSurrogate(b);
                return surrogates ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
