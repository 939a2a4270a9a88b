package dev.korm.engine.transaction;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The pending rows of one table, as they would be stored. A change is encoded when a question first meets its table, since most
 * transactions ask none. A row that is changed is made of what is stored of it and what is written. Whoever calls has the lock of {@link
 * PendingChanges}.
 */
final class PendingRows {
    private final OpenLayer layer;
    private final TableName table;
    private final Map<String, PendingRow> rows = new LinkedHashMap<>();
    private final List<ItemChange<?>> stale = new ArrayList<>();

    PendingRows(OpenLayer layer, TableName table) {
        this.layer = layer;
        this.table = table;
    }

    /** A row that is pending. */
    static final class PendingRow implements Scope.SourceRow {
        private final List<ItemChange<?>> steps = new ArrayList<>();
        private final List<Mutation> mutations = new ArrayList<>();
        private final Map<String, @Nullable Object> values = new HashMap<>();
        /** Begins with what is stored, unless it is an insert. */
        private @Nullable ItemChange<?> first;

        private int applied;
        private boolean based;
        private boolean exists;

        /** Returns whether there is one, and not one that is deleted. */
        boolean exists() {
            return exists;
        }

        @Override
        public @Nullable Object get(String column) {
            return values.get(column);
        }

        private void encode() {
            steps.forEach(step -> mutations.add(step.mutation()));
            steps.clear();
        }

        /** Returns the row with one change less, of which nothing is applied yet. */
        private PendingRow withoutLast() {
            PendingRow rest = new PendingRow();
            rest.mutations.addAll(mutations);
            rest.steps.addAll(steps);
            List<?> last = steps.isEmpty() ? rest.mutations : rest.steps;
            last.remove(last.size() - 1);
            rest.first = rest.mutations.isEmpty() && rest.steps.isEmpty() ? null : first;
            return rest;
        }

        /** Returns whether it begins with what is stored. */
        private boolean needsBase() {
            return !based && mutations.get(0) instanceof Mutation.Update;
        }

        /** Returns whether what is stored is not what the first change begins with. */
        private boolean isStale() {
            if (!(mutations.get(0) instanceof Mutation.Update update)) {
                return false;
            }
            return !exists || update.expectedRevision().orElse(revision()) != revision();
        }

        private long revision() {
            return values.get(TableName.REVISION) instanceof Number number ? number.longValue() : 0;
        }

        private void apply(TableName table, String id) {
            based = true;
            for (; applied < mutations.size(); applied++) {
                Mutation mutation = mutations.get(applied);
                if (mutation instanceof Mutation.Insert insert) {
                    values.clear();
                    values.put(table.key(), id);
                    exists = true;
                    put(insert.columns(), insert.values());
                } else if (mutation instanceof Mutation.Update update) {
                    values.put(TableName.REVISION, revision() + 1);
                    put(update.columns(), update.values());
                    exists = values.get(TableName.DELETED) == null;
                } else {
                    values.clear();
                    exists = false;
                }
            }
        }

        private void put(List<ColumnSchema> columns, Row row) {
            for (int i = 0; i < columns.size(); i++) {
                values.put(columns.get(i).name(), row.get(i));
            }
        }
    }

    void add(ItemChange<?> step) {
        PendingRow row = row(step.rn().id().orElseThrow());
        row.first = row.first == null ? step : row.first;
        row.steps.add(step);
    }

    void add(String id, Mutation mutation) {
        row(id).mutations.add(mutation);
    }

    /** Takes the last change of a row back. The row is made anew: questions that are being answered go on with the one that they began with. */
    void removeLast(String id) {
        PendingRow row = rows.remove(id);
        if (row == null) {
            return;
        }
        stale.remove(row.first);
        PendingRow rest = row.withoutLast();
        if (rest.first != null || !rest.mutations.isEmpty()) {
            rows.put(id, rest);
        }
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    private PendingRow row(String id) {
        return rows.computeIfAbsent(id, any -> new PendingRow());
    }

    /** Encodes what is not encoded, for which the table gets what it lacks. */
    void encode() {
        rows.values().forEach(PendingRow::encode);
    }

    /** Returns the rows as they will be. */
    Map<String, PendingRow> current() {
        encode();
        List<String> lacking = new ArrayList<>();
        rows.forEach((id, row) -> {
            if (row.needsBase()) {
                lacking.add(id);
            }
        });
        if (!lacking.isEmpty()) {
            readBases(lacking);
            for (String id : lacking) {
                PendingRow row = row(id);
                if (row.first != null && row.isStale()) {
                    stale.add(row.first);
                }
            }
        }
        for (Map.Entry<String, PendingRow> row : rows.entrySet()) {
            row.getValue().apply(table, row.getKey());
        }
        return Collections.unmodifiableMap(rows);
    }

    /** Returns the changes that do not begin with what is stored now, as far as that was looked at. */
    List<ItemChange<?>> stale() {
        return stale;
    }

    private void readBases(List<String> ids) {
        Layer store = layer.store();
        TableSchema schema = layer.schema(table).orElse(null);
        if (schema == null) {
            return;
        }
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        for (List<String> chunk : ItemIds.chunks(ids, store)) {
            Condition some = new Condition.OneOf(ItemIds.operand(), List.copyOf(chunk));
            Selection selection =
                    new Selection(table, List.of(), outputs, some, List.of(), List.of(), OptionalLong.empty());
            // Also what is marked as deleted, which may be restored; of it, only that begins with its revision.
            try (RowCursor cursor = layer.allRows().select(selection)) {
                while (cursor.next()) {
                    Map<String, @Nullable Object> values = new HashMap<>();
                    for (int i = 0; i < outputs.size(); i++) {
                        values.put(schema.columns().get(i).name(), cursor.get(i));
                    }
                    PendingRow row = rows.get(String.valueOf(values.get(table.key())));
                    if (row != null) {
                        row.values.putAll(values);
                        row.exists = true;
                    }
                }
            }
        }
    }
}
