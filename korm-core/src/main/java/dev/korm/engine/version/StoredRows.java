package dev.korm.engine.version;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of items as they are stored, for the versions that changes of them make. What reads a single row of a table, as most updates need, is compiled
 * once for each form of the table. Safe for many threads.
 */
final class StoredRows {
    private final FederatedLayer layer;
    private final Map<TableName, Table> tables = new ConcurrentHashMap<>();

    StoredRows(FederatedLayer layer) {
        this.layer = layer;
    }

    /** Takes a row that was read. */
    interface Visitor {
        /** @param marked whether it is deleted, and only its row is kept */
        void row(String id, long revision, RowImage image, boolean marked);
    }

    /**
     * A table, and how it is read.
     *
     * @param schema as it was when this was made
     * @param columns those that images hold, without the ways in which the database fills them, which are no part of a value
     */
    private record Table(TableSchema schema, List<ColumnSchema> columns, List<Output> outputs, CompiledSelection one) {}

    /** Reads those of some rows that there are. */
    void read(TableName from, Collection<String> ids, Visitor visitor) {
        TableSchema schema = layer.schema(from).orElse(null);
        if (schema == null) {
            return;
        }
        Table table = tables.get(from);
        if (table == null || !table.schema().equals(schema)) {
            table = table(schema);
            tables.put(from, table);
        }
        if (ids.size() == 1) {
            read(table, table.one().select(ids.iterator().next()), visitor);
            return;
        }
        for (List<String> some : ItemIds.chunks(List.copyOf(ids), layer.store())) {
            Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(some));
            read(table, layer.select(selection(schema, table.outputs(), where)), visitor);
        }
    }

    private Table table(TableSchema schema) {
        List<ColumnSchema> columns = new ArrayList<>();
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(hidden(schema, TableName.REVISION));
        outputs.add(hidden(schema, TableName.DELETED));
        for (ColumnSchema column : schema.columns()) {
            if (RowImage.holds(column)) {
                columns.add(new ColumnSchema(column.name(), column.kind()));
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
        Condition one = new Condition.Compare(
                ItemIds.operand(), Condition.Comparison.EQUAL, new Condition.Parameter(0, ColumnKind.ID));
        return new Table(schema, columns, outputs, layer.store().compile(selection(schema, outputs, one)));
    }

    private static Output hidden(TableSchema schema, String name) {
        return new Output.Value(
                schema.has(name)
                        ? new Operand.Column(0, name, ColumnKind.INTEGER)
                        : new Operand.Absent(ColumnKind.INTEGER));
    }

    private static Selection selection(TableSchema schema, List<Output> outputs, Condition where) {
        return new Selection(schema.table(), List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
    }

    private static void read(Table table, RowCursor rows, Visitor visitor) {
        try (rows) {
            while (rows.next()) {
                Map<ColumnSchema, Object> values =
                        new LinkedHashMap<>(2 * table.columns().size());
                for (int i = 0; i < table.columns().size(); i++) {
                    Object value = rows.get(3 + i);
                    if (value != null) {
                        values.put(table.columns().get(i), value);
                    }
                }
                visitor.row(
                        String.valueOf(rows.get(0)), number(rows.get(1)), new RowImage(values), rows.get(2) != null);
            }
        }
    }

    static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
