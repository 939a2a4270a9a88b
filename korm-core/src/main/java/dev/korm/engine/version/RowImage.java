package dev.korm.engine.version;

import dev.korm.StoreCorruptException;
import dev.korm.StoreException;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
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

    /**
     * Returns the image of a new row.
     *
     * @param written without the ways in which the database fills them, which are no part of a value
     */
    static RowImage of(List<ColumnSchema> written, Row row) {
        Map<ColumnSchema, Object> all = new LinkedHashMap<>(2 * written.size());
        put(all, written, row);
        return new RowImage(all);
    }

    /** Returns the image with some columns changed. */
    public RowImage with(Map<ColumnSchema, ? extends @Nullable Object> changes) {
        return with(List.copyOf(changes.keySet()), Row.of(changes.values().toArray()));
    }

    /** Returns the image with some columns changed, which are as {@link #of} says. */
    RowImage with(List<ColumnSchema> written, Row row) {
        Map<ColumnSchema, Object> all = new LinkedHashMap<>(columns);
        for (ColumnSchema column : written) {
            if (holds(column) && !all.containsKey(column)) {
                // The kind may be another than before, so the name decides.
                all.keySet().removeIf(each -> each.name().equals(column.name()));
            }
        }
        put(all, written, row);
        return new RowImage(all);
    }

    private static void put(Map<ColumnSchema, Object> all, List<ColumnSchema> written, Row row) {
        for (int i = 0; i < written.size(); i++) {
            ColumnSchema column = written.get(i);
            Object value = row.get(i);
            if (!holds(column)) {
                continue;
            }
            if (value == null) {
                all.remove(column);
            } else {
                all.put(column, value);
            }
        }
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
        try (ImageWriter writer = new ImageWriter()) {
            return writer.text(this);
        }
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
