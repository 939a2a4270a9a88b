package dev.korm.engine.key;

import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The progress of rotations in a layer: the table {@code __korm_rotation__} has a row for each collection, with the key
 * that is rotated to and the id of the last item that was looked at. Written with the items, in one batch, so that it
 * is never ahead of them. Made when the first item is changed.
 */
final class RotationState {
    private static final TableName TABLE = TableName.own("__korm_rotation__", "id");
    private static final ColumnSchema KEY = new ColumnSchema("key_id", ColumnKind.TEXT);
    private static final ColumnSchema LAST = new ColumnSchema("last_id", ColumnKind.TEXT);
    private static final ColumnSchema ID = new ColumnSchema(TABLE.key(), ColumnKind.ID);
    private static final TableSchema SCHEMA = new TableSchema(TABLE, List.of(ID, KEY, LAST), List.of());

    private final FederatedLayer layer;
    private final String keyId;
    /** The last items by collection, of this key; of another one, none. */
    private final Map<String, String> last = new HashMap<>();

    private final Set<String> rows = new HashSet<>();

    RotationState(FederatedLayer layer, String keyId) {
        this.layer = layer;
        this.keyId = keyId;
        if (layer.store().describe(TABLE).isPresent()) {
            read();
        }
    }

    private void read() {
        // There is a row for each collection, and not every layer evaluates conditions.
        Selection all = new Selection(
                TABLE,
                List.of(),
                List.of(value(ID), value(KEY), value(LAST)),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = layer.store().select(all)) {
            while (row.next()) {
                String collection = String.valueOf(row.get(0));
                rows.add(collection);
                if (keyId.equals(row.get(1)) && row.get(2) instanceof String id) {
                    last.put(collection, id);
                }
            }
        }
    }

    private static Output value(ColumnSchema column) {
        return new Output.Value(new Operand.Column(0, column.name(), column.kind()));
    }

    /** Returns the id after which to continue; empty to begin. */
    String last(TableName table) {
        return last.getOrDefault(table.text(), "");
    }

    /** Makes the table and the collection's row ready to be written along. */
    void prepare(TableName table) {
        if (rows.contains(table.text())) {
            return;
        }
        layer.store().evolve(SCHEMA, Set.of());
        Mutation.Insert first = new Mutation.Insert(TABLE, table.text(), List.of(KEY, LAST), Row.of(keyId, ""));
        // Refused when another rotation was faster, whose row serves as well.
        layer.store().apply(Batch.of(List.of(first)));
        rows.add(table.text());
    }

    /** Returns the mutation that records that everything up to an id has been looked at. */
    Mutation reached(TableName table, String id) {
        last.put(table.text(), id);
        return new Mutation.Update(TABLE, table.text(), OptionalLong.empty(), List.of(KEY, LAST), Row.of(keyId, id));
    }

    /** Has the next pass begin at the first item. */
    void begin(TableName table) {
        if (!last(table).isEmpty()) {
            Mutation first = reached(table, "");
            if (rows.contains(table.text())) {
                layer.store().apply(Batch.of(List.of(first)));
            }
        }
    }
}
