package dev.korm.kalam.layer.ledger;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A table as the store knows it. A column that was made anew has another cell than before, so old rows have no value in it; a unique index that
 * was made anew has another number, so values that were taken in the old one are free.
 *
 * @param schema the table
 * @param cells where rows keep the columns
 * @param numbers of the indexes
 * @param made how many columns were dropped
 * @param isFollowed whether commits note how its rows change
 */
public record StoredSchema(
        TableSchema schema, Map<String, String> cells, Map<String, Long> numbers, long made, boolean isFollowed) {
    private static final String TEXT = "shape";

    /** Copies the maps. */
    public StoredSchema {
        cells = Map.copyOf(cells);
        numbers = Map.copyOf(numbers);
    }

    /** Returns a table without columns. */
    public static StoredSchema empty(TableName table) {
        return new StoredSchema(new TableSchema(table, List.of(), List.of()), Map.of(), Map.of(), 0, false);
    }

    /** Returns the row that keeps a table's shape. */
    public RowWrite write() {
        ObjectNode shape = RowData.MAPPER.createObjectNode();
        shape.put("key", schema.table().key());
        shape.put("made", made);
        if (isFollowed) {
            shape.put("followed", true);
        }
        ArrayNode columns = shape.putArray("columns");
        for (ColumnSchema column : schema.columns()) {
            columns.addObject()
                    .put("name", column.name())
                    .put("kind", column.kind().name())
                    .put("cell", cells.get(column.name()));
        }
        ArrayNode indexes = shape.putArray("indexes");
        for (IndexSchema index : schema.indexes()) {
            ObjectNode each = indexes.addObject()
                    .put("name", index.name())
                    .put("unique", index.uniqueness() == IndexSchema.Uniqueness.UNIQUE)
                    .put("number", numbers.get(index.name()));
            ArrayNode parts = each.putArray("parts");
            index.parts().forEach(part -> parts.add(part(part)));
        }
        Map<String, @Nullable Object> cell = new HashMap<>();
        cell.put(TEXT, shape.toString());
        return new RowWrite(new RowKey(RowKey.SCHEMAS, schema.table().text()), RowData.EMPTY.with(cell));
    }

    /** Returns the row that says that there is no such table. */
    public static RowWrite none(TableName table) {
        return new RowWrite(new RowKey(RowKey.SCHEMAS, table.text()), null);
    }

    private static ObjectNode part(Operand part) {
        ObjectNode out = RowData.MAPPER.createObjectNode();
        out.put("kind", part.kind().name());
        if (part instanceof Operand.Column column) {
            return out.put("column", column.name());
        }
        if (!(part instanceof Operand.Json json)) {
            throw new IllegalArgumentException("An index is over columns and values inside JSON");
        }
        out.set("document", part(json.document()));
        ArrayNode path = out.putArray("path");
        for (JsonPath.Step step : json.path().steps()) {
            if (step instanceof JsonPath.Member member) {
                path.add(member.key());
            } else {
                path.add(((JsonPath.Entry) step).index());
            }
        }
        return out;
    }

    private static Operand part(JsonNode json) {
        ColumnKind kind = ColumnKind.valueOf(json.path("kind").stringValue());
        if (json.has("column")) {
            return new Operand.Column(0, json.path("column").stringValue(), kind);
        }
        List<JsonPath.Step> steps = new ArrayList<>();
        for (JsonNode step : json.path("path")) {
            steps.add(step.isString() ? new JsonPath.Member(step.stringValue()) : new JsonPath.Entry(step.intValue()));
        }
        return new Operand.Json(part(json.path("document")), new JsonPath(steps), kind);
    }

    static StoredSchema of(String table, RowData data) {
        JsonNode shape = RowData.MAPPER.readTree((String) data.stored(TEXT));
        List<ColumnSchema> columns = new ArrayList<>();
        Map<String, String> cells = new HashMap<>();
        for (JsonNode column : shape.path("columns")) {
            String name = column.path("name").stringValue();
            columns.add(new ColumnSchema(
                    name, ColumnKind.valueOf(column.path("kind").stringValue())));
            cells.put(name, column.path("cell").stringValue());
        }
        List<IndexSchema> indexes = new ArrayList<>();
        Map<String, Long> numbers = new HashMap<>();
        for (JsonNode index : shape.path("indexes")) {
            String name = index.path("name").stringValue();
            List<Operand> parts = new ArrayList<>();
            index.path("parts").forEach(part -> parts.add(part(part)));
            indexes.add(new IndexSchema(
                    name,
                    index.path("unique").booleanValue()
                            ? IndexSchema.Uniqueness.UNIQUE
                            : IndexSchema.Uniqueness.REPEATABLE,
                    parts));
            numbers.put(name, index.path("number").longValue());
        }
        TableName name = new TableName(table, shape.path("key").stringValue());
        return new StoredSchema(
                new TableSchema(name, columns, indexes),
                cells,
                numbers,
                shape.path("made").longValue(),
                shape.path("followed").asBoolean(false));
    }

    /** Returns the table, followed or not. */
    public StoredSchema followed(boolean isNoted) {
        return new StoredSchema(schema, cells, numbers, made, isNoted);
    }

    /** Returns whether there is such a column. */
    public boolean has(String column) {
        return cells.containsKey(column);
    }

    /** Returns the table with a column more. */
    public StoredSchema with(ColumnSchema column) {
        if (has(column.name())) {
            return this;
        }
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        columns.add(column);
        Map<String, String> more = new HashMap<>(cells);
        more.put(column.name(), made == 0 ? column.name() : column.name() + "#" + made);
        return new StoredSchema(
                new TableSchema(schema.table(), columns, schema.indexes()), more, numbers, made, isFollowed);
    }

    /** Returns the table with an index more. */
    public StoredSchema with(IndexSchema index) {
        List<IndexSchema> indexes = new ArrayList<>(schema.indexes());
        indexes.add(index);
        Map<String, Long> more = new HashMap<>(numbers);
        more.put(index.name(), made);
        return new StoredSchema(
                new TableSchema(schema.table(), schema.columns(), indexes), cells, more, made, isFollowed);
    }

    /** Returns the table without a column and what is over it. */
    public StoredSchema without(String column) {
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        columns.removeIf(each -> each.name().equals(column));
        List<IndexSchema> indexes = new ArrayList<>(schema.indexes());
        indexes.removeIf(
                index -> index.parts().stream().flatMap(Operand::columns).anyMatch(each -> each.name()
                        .equals(column)));
        Map<String, String> fewer = new HashMap<>(cells);
        fewer.remove(column);
        return new StoredSchema(
                new TableSchema(schema.table(), columns, indexes), fewer, numbers, made + 1, isFollowed);
    }
}
