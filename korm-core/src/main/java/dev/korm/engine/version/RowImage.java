package dev.korm.engine.version;

import dev.korm.StoreCorruptException;
import dev.korm.StoreException;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * The columns of an item's row at one revision, as they are stored: what is sealed stays sealed. Hidden columns and those of types that
 * korm does not write are left out. Immutable.
 *
 * <p>As text it is JSON: {@code {"make":["TEXT","Citroen"],"year":["INTEGER",2014]}}, each column with its {@link ColumnKind}; a column
 * that is null is left out. INTEGER and REAL are numbers (a REAL in a column of whole numbers, or one that JSON does not have, is a text),
 * BOOLEAN is true or false, DECIMAL a text, BYTES a text in base64, all others are texts.
 *
 * @param columns values by column, in the order of the table
 */
public record RowImage(Map<ColumnSchema, Object> columns) {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Returns whether a column is part of images. */
    public static boolean holds(ColumnSchema column) {
        return !column.isHidden() && !column.isGenerated() && column.kind() != ColumnKind.OTHER;
    }

    /** Returns whether the text of an image may have a column of one of some kinds; cheap. */
    public static boolean mayHold(String text, Set<ColumnKind> kinds) {
        return kinds.stream().anyMatch(kind -> text.contains("[\"" + kind.name() + "\""));
    }

    /** Returns the image with some columns changed. */
    public RowImage with(Map<ColumnSchema, ? extends @Nullable Object> changes) {
        Map<ColumnSchema, Object> all = new LinkedHashMap<>(columns);
        changes.forEach((column, value) -> {
            if (holds(column)) {
                // The kind may be another than before, so the name decides.
                all.keySet().removeIf(each -> each.name().equals(column.name()) && !each.equals(column));
                if (value == null) {
                    all.remove(column);
                } else {
                    all.put(column, value);
                }
            }
        });
        return new RowImage(all);
    }

    /** Returns the column of a name; null where the image has none. */
    public @Nullable ColumnSchema column(String name) {
        for (ColumnSchema column : columns.keySet()) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        return null;
    }

    public String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            columns.forEach((column, value) -> {
                json.writeName(column.name());
                json.writeStartArray();
                json.writeString(column.kind().name());
                write(json, column.kind(), value);
                json.writeEndArray();
            });
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, ColumnKind kind, Object value) {
        if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof byte[] bytes) {
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Double real && kind == ColumnKind.REAL && isNumber(real)) {
            json.writeNumber(real);
        } else {
            json.writeString(value.toString());
        }
    }

    /** Returns whether JSON has the number as it is. */
    private static boolean isNumber(double real) {
        return Double.isFinite(real) && (real != 0 || Double.doubleToRawLongBits(real) == 0);
    }

    /**
     * Parses an image.
     *
     * @param layer for the message
     * @throws StoreCorruptException when another program has changed it
     */
    public static RowImage parse(String layer, String text) {
        Map<ColumnSchema, Object> columns = new LinkedHashMap<>();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("An image is an object");
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                json.nextToken();
                ColumnKind kind = ColumnKind.valueOf(json.getString());
                JsonToken token = json.nextToken();
                columns.put(new ColumnSchema(name, kind), value(kind, token, json));
                json.nextToken();
            }
            return new RowImage(columns);
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw new StoreCorruptException(
                    layer,
                    "A version in the history of the layer \"" + layer
                            + "\" cannot be read: a newer korm wrote it, or another program changed it. Use the newer korm",
                    StoreException.Outcome.NOT_APPLIED,
                    malformed);
        }
    }

    private static Object value(ColumnKind kind, JsonToken token, JsonParser json) {
        return switch (kind) {
            case BOOLEAN -> token == JsonToken.VALUE_TRUE;
            case INTEGER ->
                token == JsonToken.VALUE_STRING
                        ? (Object) Double.valueOf(json.getString())
                        : (Object) Long.valueOf(json.getString());
            case REAL -> Double.valueOf(json.getString());
            case DECIMAL -> new BigDecimal(json.getString());
            case BYTES -> Base64.getDecoder().decode(json.getString());
            case ID, TEXT, JSON, RN, ENCRYPTED, FINGERPRINT, OTHER -> json.getString();
        };
    }
}
