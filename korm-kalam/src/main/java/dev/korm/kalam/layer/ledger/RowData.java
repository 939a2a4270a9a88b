package dev.korm.kalam.layer.ledger;

import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The values of a row as the store keeps them: a JSON object in ASCII, since not every type of the server's can be read again. Whole numbers, doubles
 * and booleans are JSON's own; decimals are texts, bytes base64, JSON the text that it is. Null is what is not there. Immutable.
 */
public final class RowData {
    /** A row without values. */
    public static final RowData EMPTY = new RowData(Map.of(), 2);

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(1000)
                            .build())
                    .build())
            .build();

    private static final int CELL = 16;

    private final Map<String, Object> cells;
    private final int size;

    private RowData(Map<String, Object> cells, int size) {
        this.cells = cells;
        this.size = size;
    }

    /** Returns the row with some values changed. */
    public RowData with(Map<String, @Nullable Object> changed) {
        Map<String, Object> next = new LinkedHashMap<>(cells);
        int bytes = size;
        for (Map.Entry<String, @Nullable Object> cell : changed.entrySet()) {
            Object value = cell.getValue();
            if (value == null) {
                next.remove(cell.getKey());
            } else {
                next.put(cell.getKey(), value);
                bytes += CELL + cell.getKey().length() + (value instanceof String text ? text.length() : 0);
            }
        }
        return new RowData(Collections.unmodifiableMap(next), bytes);
    }

    /** Returns about how many bytes it takes. */
    int size() {
        return size;
    }

    /** Returns a value as it is stored; null where there is none. */
    public @Nullable Object stored(String cell) {
        return cells.get(cell);
    }

    /** Returns a value as its kind has it. */
    public @Nullable Object value(String cell, ColumnKind kind) {
        Object stored = cells.get(cell);
        if (stored == null) {
            return null;
        }
        return switch (kind) {
            case REAL -> ((Number) stored).doubleValue();
            case INTEGER -> ((Number) stored).longValue();
            case DECIMAL -> new BigDecimal((String) stored);
            case BYTES -> Base64.getDecoder().decode((String) stored);
            default -> stored;
        };
    }

    /** Returns a value as it is stored, for a value of a kind. */
    public static @Nullable Object stored(ColumnKind kind, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (kind) {
            case REAL -> finite((Double) value);
            case INTEGER -> (Long) value;
            case BOOLEAN -> (Boolean) value;
            case DECIMAL -> ((BigDecimal) value).toString();
            case BYTES -> Base64.getEncoder().encodeToString((byte[]) value);
            case OTHER -> throw new IllegalArgumentException("korm writes no columns of other kinds");
            default -> (String) value;
        };
    }

    private static Double finite(Double value) {
        if (value.isNaN() || value.isInfinite()) {
            throw new IllegalArgumentException("A column of real numbers takes finite ones alone");
        }
        return value;
    }

    void write(JsonGenerator out) {
        out.writeStartObject();
        for (Map.Entry<String, Object> cell : cells.entrySet()) {
            out.writeName(cell.getKey());
            Object value = cell.getValue();
            if (value instanceof Long whole) {
                out.writeNumber(whole);
            } else if (value instanceof Double real) {
                out.writeNumber(real);
            } else if (value instanceof Boolean flag) {
                out.writeBoolean(flag);
            } else {
                out.writeString((String) value);
            }
        }
        out.writeEndObject();
    }

    /** Returns the text that the store keeps. */
    String text() {
        java.io.StringWriter text = new java.io.StringWriter();
        try (JsonGenerator out = MAPPER.createGenerator(text)) {
            write(out);
        }
        return text.toString();
    }

    /** Returns the row that the store keeps as this text. */
    static RowData parse(String text) {
        return of(MAPPER.readTree(text));
    }

    static RowData of(JsonNode object) {
        Map<String, Object> cells = new LinkedHashMap<>();
        int bytes = 2;
        for (Map.Entry<String, JsonNode> cell : object.properties()) {
            JsonNode value = cell.getValue();
            Object stored = value.isString()
                    ? value.stringValue()
                    : value.isBoolean()
                            ? (Object) value.booleanValue()
                            : value.isIntegralNumber() ? (Object) value.longValue() : (Object) value.doubleValue();
            cells.put(cell.getKey(), stored);
            bytes += CELL + cell.getKey().length() + (stored instanceof String string ? string.length() : 0);
        }
        return new RowData(Collections.unmodifiableMap(cells), bytes);
    }

    /** Returns the number of values alone, which may be private. */
    @Override
    public String toString() {
        return "RowData of " + cells.size() + " values";
    }
}
