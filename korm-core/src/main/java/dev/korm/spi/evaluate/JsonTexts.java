package dev.korm.spi.evaluate;

import dev.korm.spi.evaluate.JsonValue.JsonArray;
import dev.korm.spi.evaluate.JsonValue.JsonNumber;
import dev.korm.spi.evaluate.JsonValue.JsonObject;
import dev.korm.spi.evaluate.JsonValue.JsonText;
import dev.korm.spi.evaluate.JsonValue.JsonWord;
import dev.korm.spi.evaluate.JsonValue.NoJson;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON texts. */
final class JsonTexts {
    /** As deep as korm reads. */
    private static final int DEPTH = 1000;

    private static final int LONGEST = Integer.MAX_VALUE;

    /** The largest exponent of a number that is still taken for one. */
    private static final int EXPONENT_DIGITS = 9;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxStringLength(LONGEST)
                    .maxNameLength(LONGEST)
                    .maxNumberLength(LONGEST)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(DEPTH).build())
            .build();

    private JsonTexts() {}

    static JsonValue parse(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new NoJson(text);
            }
            JsonValue value = read(parser, first);
            return parser.nextToken() == null ? value : new NoJson(text);
        } catch (JacksonException | NumberFormatException notJson) {
            return new NoJson(text);
        }
    }

    private static JsonValue read(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> readObject(parser);
            case START_ARRAY -> readArray(parser);
            case VALUE_STRING -> new JsonText(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
            case VALUE_TRUE -> JsonWord.TRUE;
            case VALUE_FALSE -> JsonWord.FALSE;
            case VALUE_NULL -> JsonWord.NULL;
            default -> throw new IllegalStateException("Unexpected token " + token);
        };
    }

    private static JsonObject readObject(JsonParser parser) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            members.put(name, read(parser, parser.nextToken()));
        }
        return new JsonObject(members);
    }

    private static JsonArray readArray(JsonParser parser) {
        List<JsonValue> entries = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            entries.add(read(parser, token));
        }
        return new JsonArray(entries);
    }

    private static JsonNumber number(String literal) {
        int exponent = Math.max(literal.indexOf('e'), literal.indexOf('E'));
        if (exponent >= 0 && literal.length() - exponent > EXPONENT_DIGITS + 2) {
            throw new NumberFormatException("Exponent out of range");
        }
        return new JsonNumber(literal);
    }

    static String write(JsonValue value) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(value, generator);
        }
        return out.toString();
    }

    private static void write(JsonValue value, JsonGenerator out) {
        if (value instanceof JsonObject object) {
            out.writeStartObject();
            object.members().forEach((name, member) -> {
                out.writeName(name);
                write(member, out);
            });
            out.writeEndObject();
        } else if (value instanceof JsonArray array) {
            out.writeStartArray();
            for (JsonValue entry : array.entries()) {
                write(entry, out);
            }
            out.writeEndArray();
        } else if (value instanceof JsonText text) {
            out.writeString(text.text());
        } else if (value instanceof JsonNumber number) {
            out.writeNumber(number.literal());
        } else if (value instanceof JsonWord word) {
            switch (word) {
                case TRUE -> out.writeBoolean(true);
                case FALSE -> out.writeBoolean(false);
                case NULL -> out.writeNull();
            }
        } else if (value instanceof NoJson noJson) {
            out.writeRaw(noJson.text());
        }
    }
}
