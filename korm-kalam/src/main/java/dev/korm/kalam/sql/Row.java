package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * A row. A value is asked for by its column's name and as a type: {@code getLong} and its like fail when it is NULL, is not there
 * or is of another type; {@code find} answers an empty {@code Optional} for NULL.
 */
public final class Row {
    private final RowColumns columns;
    private final JsonNode[] cells;

    private Row(RowColumns columns, JsonNode[] cells) {
        this.columns = columns;
        this.cells = cells;
    }

    /** Returns rows that came as arrays. */
    static List<Row> ofArrays(RowColumns columns, JsonNode rows) {
        requireNonNull(columns, "columns");
        requireNonNull(rows, "rows");
        List<Row> made = new ArrayList<>(rows.size());
        for (JsonNode row : rows) {
            JsonNode[] cells = new JsonNode[columns.fields().size()];
            for (int i = 0; i < cells.length; i++) {
                JsonNode cell = row.get(columns.fields().get(i).index());
                cells[i] = cell == null ? NullNode.getInstance() : cell;
            }
            made.add(new Row(columns, cells));
        }
        return made;
    }

    /** Returns a row that came as an object; columns that are not in it are NULL. */
    public static Row ofObject(List<SchemaField> fields, JsonNode object) {
        requireElements(fields, "fields");
        requireNonNull(object, "object");
        JsonNode[] cells = new JsonNode[fields.size()];
        for (int i = 0; i < cells.length; i++) {
            JsonNode cell = object.get(fields.get(i).name());
            cells[i] = cell == null ? NullNode.getInstance() : cell;
        }
        return new Row(new RowColumns(fields, null), cells);
    }

    /** Returns rows of one result with the values of these places, under these columns. */
    static List<Row> sorted(List<Row> rows, List<SchemaField> fields, List<Integer> places) {
        if (rows.isEmpty()) {
            return rows;
        }
        RowColumns columns = new RowColumns(fields, rows.get(0).columns.table());
        List<Row> made = new ArrayList<>(rows.size());
        for (Row row : rows) {
            JsonNode[] cells = new JsonNode[places.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = row.cells[places.get(i)];
            }
            made.add(new Row(columns, cells));
        }
        return List.copyOf(made);
    }

    /** Returns the columns. */
    public List<SchemaField> fields() {
        return columns.fields();
    }

    /** Returns the table that the rows were said to be of. */
    public Optional<String> table() {
        return Optional.ofNullable(columns.table());
    }

    /** Tells whether there is such a column. */
    public boolean has(String column) {
        requireNonNull(column, "column");
        return columns.indexOf(column) >= 0;
    }

    /** Tells whether the value is NULL. */
    public boolean isNull(String column) {
        return cell(column).isNull();
    }

    /** Returns the value as it came. */
    public JsonNode json(String column) {
        return cell(column);
    }

    private JsonNode cell(String column) {
        requireNonNull(column, "column");
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new KalamDataException("There is no column '" + column + "' in the row", null);
        }
        return cells[index];
    }

    /** Returns the value as this type, or nothing for NULL. */
    public <T> Optional<T> find(String column, Class<T> type) {
        requireNonNull(column, "column");
        requireNonNull(type, "type");
        JsonNode cell = cell(column);
        if (cell.isNull()) {
            return Optional.empty();
        }
        return Optional.of(Cells.read(cell, columns.fields().get(columns.indexOf(column)), type));
    }

    /** Returns the value as this type. */
    public <T> T get(String column, Class<T> type) {
        return find(column, type).orElseThrow(() -> new KalamDataException("Column '" + column + "' is NULL", null));
    }

    /** Returns a text. */
    public String getString(String column) {
        return get(column, String.class);
    }

    /** Returns a whole number of 64 bits. */
    public long getLong(String column) {
        return get(column, Long.class);
    }

    /** Returns a whole number of 32 bits. */
    public int getInt(String column) {
        return get(column, Integer.class);
    }

    /** Returns a floating point number. */
    public double getDouble(String column) {
        return get(column, Double.class);
    }

    /** Returns true or false. */
    public boolean getBoolean(String column) {
        return get(column, Boolean.class);
    }

    /** Returns a decimal. The server loses the sign of decimals between -1 and 0 when it writes them. */
    public BigDecimal getDecimal(String column) {
        return get(column, BigDecimal.class);
    }

    /** Returns a time, of a TIMESTAMP in UTC. */
    public Instant getInstant(String column) {
        return get(column, Instant.class);
    }

    /** Returns a date. */
    public LocalDate getDate(String column) {
        return get(column, LocalDate.class);
    }

    /** Returns a time of the day. */
    public LocalTime getTime(String column) {
        return get(column, LocalTime.class);
    }

    /** Returns bytes. */
    public byte[] getBytes(String column) {
        return get(column, byte[].class);
    }

    /** Returns a vector. */
    public float[] getEmbedding(String column) {
        return get(column, float[].class);
    }

    /** Returns the row's version, if it was selected. */
    public Optional<SeqId> seq() {
        return has("_seq") ? find("_seq", SeqId.class) : Optional.empty();
    }

    /** Returns the values by column, NULL as null, each as the type that fits its column best. */
    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < cells.length; i++) {
            SchemaField field = columns.fields().get(i);
            values.put(field.name(), cells[i].isNull() ? null : Cells.natural(cells[i], field));
        }
        return values;
    }

    /** Returns a record made of the row: each component is the column of its name, in snake_case or as it is written. */
    public <T> T as(Class<T> type) {
        requireNonNull(type, "type");
        return RowMapper.of(type).map(this);
    }

    @Override
    public String toString() {
        return "Row" + columns.fields().stream().map(SchemaField::name).toList();
    }
}
