package dev.korm.engine.reset;

import dev.korm.danger.Reset.Table;
import dev.korm.danger.ResetMode;
import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The tables of one layer that a reset takes away: those of items, as the layer lists them, and korm's own by their exact names. Immutable. */
record ResetTables(String layer, Layer store, ResetMode mode) {
    /** The locks of programs. */
    static final TableName LOCKS = TableName.own("__korm_locks__", "lock_id");

    /** Those of the metadata, which go last. */
    private static final List<TableName> META = List.of(own("__korm_share__"), own("__korm_pool__"));

    private static final List<TableName> OWN = List.of(
            own("__korm_history__"),
            TableName.own("__korm_changes__", "number"),
            TableName.own("__korm_followed__", "number"),
            TableName.own("__korm_places__", "number"),
            own("__korm_readers__"),
            own("__korm_references__"),
            own("__korm_deletions__"),
            own("__korm_relocations__"),
            own("__korm_copies__"),
            own("__korm_removed__"),
            own("__korm_rotation__"),
            own("__korm_uniquelocks__"),
            TableName.own("__korm_backups__", "schedule_id"),
            TableName.own("__korm_meta__", "table_name"),
            own("__korm_tx__"),
            LOCKS);

    private static TableName own(String name) {
        return TableName.own(name, "id");
    }

    /** Returns the tables that there are now. */
    List<Table> found() {
        List<Table> found = new ArrayList<>();
        for (TableName table : names()) {
            if (store.describe(table).isPresent()) {
                found.add(new Table(layer, table.text(), rows(table)));
            }
        }
        return found;
    }

    /** Takes a table away, or all of its rows where the layer drops no tables. */
    void drop(String table) {
        for (TableName name : names()) {
            if (name.text().equals(table) && !store.drop(name)) {
                store.apply(Batch.of(List.of(new Mutation.DeleteSelected(all(name, List.of())))));
            }
        }
    }

    static boolean isMeta(Table table) {
        return META.stream().anyMatch(meta -> meta.text().equals(table.name()));
    }

    private List<TableName> names() {
        List<TableName> names = new ArrayList<>();
        if (mode == ResetMode.ALL || mode == ResetMode.LAYERS) {
            names.addAll(store.tables());
            names.addAll(OWN);
        }
        if (mode != ResetMode.DEPOTS) {
            names.addAll(META);
        }
        return names;
    }

    private long rows(TableName table) {
        try (RowCursor row = store.select(all(table, List.of(new Output.Count())))) {
            return row.next() && row.get(0) instanceof Number number ? number.longValue() : 0;
        }
    }

    private static Selection all(TableName table, List<Output> outputs) {
        return new Selection(table, List.of(), outputs, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
    }
}
