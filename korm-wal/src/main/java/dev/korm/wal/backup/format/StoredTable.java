package dev.korm.wal.backup.format;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table in a backup.
 *
 * @param layer that it is of
 * @param schema of its columns in the order of the rows' values, the key first, and its indexes
 */
public record StoredTable(String layer, TableSchema schema) {
    static final String LINE = "table";

    /** Returns whether rows of a column go into backups: what the database computes, and types that korm does not write, do not. */
    public static boolean holds(ColumnSchema column) {
        return !column.isGenerated()
                && column.kind() != ColumnKind.OTHER
                && !column.name().equals(TableName.TOKEN);
    }

    public TableName name() {
        return schema.table();
    }

    Map<String, @Nullable Object> line() {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("t", LINE);
        line.put("layer", layer);
        line.put("name", schema.table().text());
        line.put("key", schema.table().key());
        line.put(
                "columns",
                schema.columns().stream()
                        .map(column -> List.of(column.name(), column.kind().name()))
                        .toList());
        line.put("indexes", schema.indexes().stream().map(StoredTable::index).toList());
        return line;
    }

    private static Map<String, @Nullable Object> index(IndexSchema index) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("name", index.name());
        all.put("unique", index.uniqueness() == IndexSchema.Uniqueness.UNIQUE);
        all.put("parts", index.parts().stream().map(StoredTable::part).toList());
        return all;
    }

    private static Map<String, @Nullable Object> part(Operand part) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (part instanceof Operand.Json json && json.document() instanceof Operand.Column column) {
            all.put("column", column.name());
            all.put("of", column.kind().name());
            all.put(
                    "path",
                    json.path().steps().stream()
                            .map(step -> step instanceof JsonPath.Entry entry
                                    ? (Object) (long) entry.index()
                                    : ((JsonPath.Member) step).key())
                            .toList());
            all.put("kind", json.kind().name());
        } else if (part instanceof Operand.Column column) {
            all.put("column", column.name());
            all.put("kind", column.kind().name());
        } else {
            throw new IllegalStateException("An index is over columns and places in JSON");
        }
        return all;
    }

    static StoredTable of(Members line) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (Object each : line.list("columns")) {
            if (!(each instanceof List<?> column) || column.size() != 2) {
                throw new IllegalArgumentException("A column is not as it should be");
            }
            columns.add(new ColumnSchema(Members.text(column.get(0)), ColumnKind.valueOf(Members.text(column.get(1)))));
        }
        List<IndexSchema> indexes = line.objects("indexes").stream()
                .map(index -> new IndexSchema(
                        index.text("name"),
                        index.truth("unique") ? IndexSchema.Uniqueness.UNIQUE : IndexSchema.Uniqueness.REPEATABLE,
                        index.objects("parts").stream()
                                .map(StoredTable::operand)
                                .toList()))
                .toList();
        TableName name = new TableName(line.text("name"), line.text("key"));
        return new StoredTable(line.text("layer"), new TableSchema(name, columns, indexes));
    }

    private static Operand operand(Members part) {
        ColumnKind kind = ColumnKind.valueOf(part.text("kind"));
        String column = part.text("column");
        if (!part.has("path")) {
            return new Operand.Column(0, column, kind);
        }
        List<JsonPath.Step> steps = new ArrayList<>();
        for (Object step : part.list("path")) {
            steps.add(
                    step instanceof Long index
                            ? new JsonPath.Entry(Math.toIntExact(index))
                            : new JsonPath.Member(Members.text(step)));
        }
        ColumnKind of = ColumnKind.valueOf(part.text("of"));
        return new Operand.Json(new Operand.Column(0, column, of), new JsonPath(steps), kind);
    }
}
