package dev.korm.codec.json;

import dev.korm.codec.text.EcmaNumber;
import dev.korm.codec.text.TypeMismatch;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON text into a tree of null, {@link Boolean}, {@link Long}, {@link Double}, {@link BigDecimal}, {@link String},
 * {@link List} and {@link JsonObject}. A number that neither a long nor the shortest text of a double can hold is a decimal,
 * with all its digits.
 */
public final class JsonReader {
    private static final int LONGEST_TEXT = 100_000_000;
    private static final int LONGEST_NUMBER = 10_000;
    private static final int LONGEST_KEY = 1_000_000;
    /** Every decimal of so many digits has a double of its own, and is the shortest text of it. */
    private static final int SURE_DIGITS = 15;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonWriter.DEEPEST_IN_MEMORY)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxNameLength(LONGEST_KEY)
                    .build())
            // A table of keys is shared among threads, and keys chosen to collide would make it slow.
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    private JsonReader() {}

    /** Returns the tree of a text; fails with what is wrong and where, and with nothing of the text. */
    public static @Nullable Object tree(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                throw new TypeMismatch("an empty text is not JSON");
            }
            Object tree = value(parser);
            if (parser.nextToken() != null) {
                throw new TypeMismatch("there is more text after the JSON value, at character "
                        + parser.currentTokenLocation().getCharOffset());
            }
            return tree;
        } catch (StreamConstraintsException tooMuch) {
            // Its text names only the limit, but the cause is left out like every parser's.
            throw new TypeMismatch("the JSON is nested deeper than " + JsonWriter.DEEPEST_IN_MEMORY
                    + " levels, or a text in it is longer than " + LONGEST_TEXT + " or a number than " + LONGEST_NUMBER
                    + " characters");
        } catch (JacksonException malformed) {
            // Jackson's message quotes the text, which is data.
            long at = malformed.getLocation() == null
                    ? -1
                    : malformed.getLocation().getCharOffset();
            throw new TypeMismatch("the text is not valid JSON" + (at < 0 ? "" : ", seen at character " + at));
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> whole(parser);
            case VALUE_NUMBER_FLOAT -> number(parser.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static JsonObject object(JsonParser parser) {
        JsonObject object = new JsonObject();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            object.add(key, value(parser));
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser) {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    private static Object whole(JsonParser parser) {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> number(parser.getString());
        };
    }

    private static Object number(String text) {
        double number = Double.parseDouble(text);
        if (text.length() <= SURE_DIGITS && Math.abs(number) > Double.MIN_NORMAL && Double.isFinite(number)) {
            return number;
        }
        BigDecimal exact = exact(text);
        if (Double.isFinite(number) && new BigDecimal(EcmaNumber.text(number)).compareTo(exact) == 0) {
            return number;
        }
        return exact;
    }

    private static BigDecimal exact(String text) {
        try {
            return StoredForms.checkSize(new BigDecimal(text));
        } catch (NumberFormatException beyond) {
            throw new TypeMismatch("a number in the JSON has an exponent above the limit");
        }
    }
}
