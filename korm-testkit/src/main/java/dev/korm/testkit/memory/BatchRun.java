package dev.korm.testkit.memory;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed.Kind;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.SchemaMovedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries out one batch on a copy of the store's state, which counts when all went well. */
final class BatchRun {
    private final String layer;
    private final Capabilities capabilities;
    private MemoryStore.State state;
    private OptionalLong token = OptionalLong.empty();
    private final List<MemoryChange> changes = new ArrayList<>();
    private final String transaction = UUID.randomUUID().toString();
    private final Instant time;

    BatchRun(String layer, MemoryStore.State state, Capabilities capabilities, Instant time) {
        this.layer = layer;
        this.state = state;
        this.capabilities = capabilities;
        this.time = time;
    }

    /** Returns what the batch has changed, in order. */
    List<MemoryChange> changes() {
        return changes;
    }

    private void noted(MemoryTable table, MemoryTable.StoredRow row, Kind kind) {
        changes.add(new MemoryChange(
                table.schema().table(),
                row.id(),
                kind,
                kind == Kind.DELETED || !isRevised(table)
                        ? OptionalLong.empty()
                        : OptionalLong.of(revision(table, row)),
                transaction,
                time));
    }

    /** Returns the kind of a change, which by a mark of deletion may be more than an update. */
    private static Kind kind(
            MemoryTable before, MemoryTable.StoredRow row, MemoryTable after, MemoryTable.StoredRow now) {
        boolean was = isMarked(before, row);
        boolean is = isMarked(after, now);
        if (was == is) {
            return Kind.UPDATED;
        }
        return is ? Kind.DELETED : Kind.INSERTED;
    }

    private static boolean isMarked(MemoryTable table, MemoryTable.StoredRow row) {
        return table.has(TableName.DELETED) && table.view(row).get(TableName.DELETED) != null;
    }

    private void update(MemoryTable table, MemoryTable.StoredRow row, List<ColumnSchema> columns, Row values)
            throws MemoryTable.TakenException {
        MemoryTable.StoredRow now = changed(table, row, columns, values);
        MemoryTable after = table.with(now);
        state = state.with(after);
        noted(after, now, kind(table, row, after, now));
    }

    private void delete(MemoryTable table, MemoryTable.StoredRow row) {
        state = state.with(table.without(row));
        noted(table, row, Kind.DELETED);
    }

    /** Returns the state of the store after the batch. */
    MemoryStore.State state() {
        return state;
    }

    BatchResult run(Batch batch) {
        token = batch.token();
        Refusal marked = batch.marker().map(this::mark).orElse(null);
        if (marked != null) {
            return new BatchResult.Refused(BatchResult.Refused.MARKER, marked);
        }
        List<Long> changed = new ArrayList<>();
        for (Mutation mutation : batch.mutations()) {
            try {
                changed.add(run(mutation));
            } catch (RefusedException refused) {
                return new BatchResult.Refused(changed.size(), refused.refusal);
            } catch (MemoryTable.TakenException taken) {
                return new BatchResult.Refused(
                        changed.size(), new Refusal.UniqueViolation(taken.index.name(), taken.holder));
            }
        }
        return new BatchResult.Applied(changed);
    }

    /** Stores the marker, and returns what an existing one says; null when there was none. */
    private @Nullable Refusal mark(TransactionMarker marker) {
        MemoryTable table = state.table(TransactionMarker.TABLE);
        try {
            if (table == null || !table.has("layers")) {
                MemoryTable before = table == null ? MemoryTable.empty(TransactionMarker.TABLE) : table;
                table = before.evolved(TransactionMarker.SCHEMA, Set.of());
                state = state.with(table);
            }
            MemoryTable.StoredRow there = table.row(marker.id());
            if (there != null) {
                return TransactionMarker.State.of(table.view(there).get("state")) == TransactionMarker.State.FORBIDDEN
                        ? new Refusal.Forbidden()
                        : new Refusal.AlreadyApplied();
            }
            insert(marker.insert());
            return null;
        } catch (RefusedException | MemoryTable.TakenException impossible) {
            throw new IllegalStateException("The id of a marker is all that is unique of it", impossible);
        }
    }

    private long run(Mutation mutation) throws RefusedException, MemoryTable.TakenException {
        if (mutation instanceof Mutation.Insert insert) {
            insert(insert);
            return 1;
        }
        if (mutation instanceof Mutation.Update update) {
            MemoryTable table = changeable(update.table());
            requireColumns(table, update.columns());
            MemoryTable.StoredRow row = expected(table, update.id(), update.expectedRevision());
            update(table, row, update.columns(), update.values());
            return 1;
        }
        if (mutation instanceof Mutation.Delete delete) {
            MemoryTable table = changeable(delete.table());
            MemoryTable.StoredRow row = expected(table, delete.id(), delete.expectedRevision());
            delete(table, row);
            return 1;
        }
        if (mutation instanceof Mutation.UpdateSelected update) {
            requireColumns(changeable(update.table()), update.columns());
            List<String> ids = ids(update.selection());
            for (String id : ids) {
                MemoryTable table = MemoryQuery.table(state, update.table());
                MemoryTable.StoredRow row = expected(table, id, OptionalLong.empty());
                update(table, row, update.columns(), update.values());
            }
            return ids.size();
        }
        if (mutation instanceof Mutation.RequireNone guard) {
            MemoryQuery.table(state, guard.table());
            List<String> found = ids(guard.selection());
            if (!found.isEmpty()) {
                throw new RefusedException(new Refusal.Found(found.get(0)));
            }
            return 0;
        }
        if (mutation instanceof Mutation.RequireRevision guard) {
            expected(MemoryQuery.table(state, guard.table()), guard.id(), OptionalLong.of(guard.revision()));
            return 0;
        }
        if (mutation instanceof Mutation.RequireFence guard) {
            long newest = newestToken(state.table(Fence.TABLE), guard.fence().lock());
            if (newest != guard.fence().token()) {
                throw new RefusedException(new Refusal.Fenced(newest));
            }
            return 0;
        }
        Mutation.DeleteSelected delete = (Mutation.DeleteSelected) mutation;
        List<String> ids = ids(delete.selection());
        for (String id : ids) {
            MemoryTable table = MemoryQuery.table(state, delete.table());
            delete(table, expected(table, id, OptionalLong.empty()));
        }
        return ids.size();
    }

    private void insert(Mutation.Insert insert) throws RefusedException, MemoryTable.TakenException {
        MemoryTable table = changeable(insert.table());
        requireColumns(table, insert.columns());
        if (table.row(insert.id()) != null) {
            throw new RefusedException(new Refusal.Exists());
        }
        List<ColumnSchema> columns = new ArrayList<>(insert.columns());
        List<@Nullable Object> values = new ArrayList<>(insert.values().values());
        addToken(insert.table(), columns, values);
        MemoryTable.StoredRow row = table.changed(null, insert.id(), columns, values);
        MemoryTable after = table.with(row);
        state = state.with(after);
        noted(after, row, Kind.INSERTED);
    }

    /** Returns the table; a table of items without a revision column gains it with its first change. */
    private MemoryTable changeable(TableName name) {
        MemoryTable table = MemoryQuery.table(state, name).withRevision();
        if (name.isItems() && token.isPresent()) {
            table = table.withToken();
        }
        state = state.with(table);
        return table;
    }

    private static void requireColumns(MemoryTable table, List<ColumnSchema> columns) {
        Set<String> names = new HashSet<>();
        columns.forEach(column -> names.add(column.name()));
        for (ColumnSchema column : columns) {
            table.slot(column.name());
            boolean otherKind = table.schema()
                    .column(column.name())
                    .filter(there -> there.kind() != column.kind())
                    .isPresent();
            if (otherKind) {
                throw new SchemaMovedException(table.schema().table(), null);
            }
        }
        for (FingerprintKey key : FingerprintKey.in(table.schema())) {
            if (!names.contains(key.hidden().name()) && key.columns().stream().anyMatch(names::contains)) {
                throw new SchemaMovedException(table.schema().table(), null);
            }
        }
    }

    /** Returns the row as it may be changed. */
    private static MemoryTable.StoredRow expected(MemoryTable table, String id, OptionalLong revision)
            throws RefusedException {
        MemoryTable.StoredRow row = table.row(id);
        if (row == null) {
            throw new RefusedException(new Refusal.Missing());
        }
        if (revision.isPresent() && revision(table, row) != revision.getAsLong()) {
            throw new RefusedException(new Refusal.Stale(revision(table, row)));
        }
        return row;
    }

    /** Returns whether the rows of a table have a revision; those of korm's own tables need not, nor those of the original's locks. */
    private static boolean isRevised(MemoryTable table) {
        return table.schema().table().isItems() || table.has(revisionColumn(table));
    }

    private static long revision(MemoryTable table, MemoryTable.StoredRow row) {
        return table.view(row).get(revisionColumn(table)) instanceof Number number ? number.longValue() : 0;
    }

    private static String revisionColumn(MemoryTable table) {
        return table.schema().table().equals(Fence.TABLE) ? Fence.COLUMN : TableName.REVISION;
    }

    private void addToken(TableName table, List<ColumnSchema> columns, List<@Nullable Object> values) {
        if (table.isItems() && token.isPresent()) {
            columns.add(MemoryTable.TOKEN);
            values.add(token.getAsLong());
        }
    }

    private MemoryTable.StoredRow changed(
            MemoryTable table, MemoryTable.StoredRow row, List<ColumnSchema> columns, Row values) {
        List<ColumnSchema> allColumns = new ArrayList<>(columns);
        List<@Nullable Object> allValues = new ArrayList<>(values.values());
        if (table.schema().table().isItems() && !columns.contains(MemoryTable.REVISION)) {
            allColumns.add(MemoryTable.REVISION);
            allValues.add(revision(table, row) + 1);
            addToken(table.schema().table(), allColumns, allValues);
        }
        return table.changed(row, row.id(), allColumns, allValues);
    }

    private List<String> ids(Selection selection) {
        Output key = new Output.Value(new Operand.Column(0, selection.from().key(), ColumnKind.ID));
        Selection keys = new Selection(
                selection.from(),
                selection.joins(),
                List.of(key),
                selection.where(),
                List.of(),
                selection.order(),
                selection.limit());
        SelectionCheck.check(keys, state, capabilities);
        List<String> ids = new ArrayList<>();
        MemoryQuery.answer(layer, state, keys).forEach(row -> ids.add(String.valueOf(row.get(0))));
        return ids;
    }

    /** Ends the batch. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Refusal refusal;

        RefusedException(Refusal refusal) {
            super("Refused", null, false, false);
            this.refusal = refusal;
        }
    }

    /** Returns the newest token of a lock, 0 where none was ever given. */
    private static long newestToken(@Nullable MemoryTable locks, String lock) {
        if (locks == null || !locks.has(Fence.COLUMN)) {
            return 0;
        }
        MemoryTable.StoredRow row = locks.row(lock);
        return row != null && locks.view(row).get(Fence.COLUMN) instanceof Number number ? number.longValue() : 0;
    }
}
