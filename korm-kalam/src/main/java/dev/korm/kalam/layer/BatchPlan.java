package dev.korm.kalam.layer;

import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.Note;
import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.RowWrite;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
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
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch at one moment of the store: the rows as it leaves them, or why it is refused. For one attempt. */
final class BatchPlan {
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final ColumnSchema TOKEN = new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER);

    private final String layer;
    private final Ledger ledger;
    private final Head at;
    private final Map<String, StoredSchema> tables;
    private final Map<RowKey, Optional<RowData>> changes = new LinkedHashMap<>();
    private final Map<RowKey, Optional<RowData>> known = new HashMap<>();
    /** Rows that are taken not to be there without having been looked for; the commit makes sure. */
    private final Set<RowKey> assumedAbsent = new HashSet<>();

    private final List<Note> notes = new ArrayList<>();
    private final int mayAssume;
    private OptionalLong token = OptionalLong.empty();

    /** Begins with the rows of a moment, of which so many may be assumed to be absent. */
    BatchPlan(String layer, Ledger ledger, Head at, int mayAssume) {
        this.layer = layer;
        this.ledger = ledger;
        this.at = at;
        this.tables = new HashMap<>(at.tables());
        this.mayAssume = mayAssume;
    }

    /** Returns the rows as the batch leaves them. */
    List<RowWrite> writes() {
        List<RowWrite> writes = new ArrayList<>();
        tables.forEach((name, table) -> {
            if (!table.equals(at.tables().get(name))) {
                writes.add(table.write());
            }
        });
        changes.forEach((key, data) -> writes.add(new RowWrite(key, data.orElse(null))));
        return writes;
    }

    /** Returns the changes to rows of followed tables, as they were made. */
    List<Note> notes() {
        return List.copyOf(notes);
    }

    List<RowKey> assumedAbsent() {
        return List.copyOf(assumedAbsent);
    }

    BatchResult run(Batch batch) {
        token = batch.token();
        prefetch(batch);
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
            }
        }
        return new BatchResult.Applied(changed);
    }

    /** Reads all rows at once that the batch names, but for those that may be assumed to be absent. */
    private void prefetch(Batch batch) {
        List<RowKey> inserted = new ArrayList<>();
        List<RowKey> needed = new ArrayList<>();
        batch.marker().ifPresent(marker -> inserted.add(new RowKey(TransactionMarker.TABLE.text(), marker.id())));
        for (Mutation mutation : batch.mutations()) {
            String table = mutation.table().text();
            if (mutation instanceof Mutation.Insert insert) {
                inserted.add(new RowKey(table, insert.id()));
                StoredSchema stored = tables.get(table);
                if (stored != null) {
                    inserted.addAll(uniqueKeys(stored, insert));
                }
            } else if (mutation instanceof Mutation.Update update) {
                needed.add(new RowKey(table, update.id()));
            } else if (mutation instanceof Mutation.Delete delete) {
                needed.add(new RowKey(table, delete.id()));
            } else if (mutation instanceof Mutation.RequireRevision guard) {
                needed.add(new RowKey(table, guard.id()));
            } else if (mutation instanceof Mutation.RequireFence guard) {
                needed.add(new RowKey(table, guard.fence().lock()));
            }
        }
        inserted.removeIf(key -> ledger.knows(at, key));
        if (inserted.size() > mayAssume) {
            needed.addAll(inserted);
        }
        if (!needed.isEmpty()) {
            List<RowKey> keys = needed.stream().distinct().toList();
            Map<RowKey, RowData> rows = ledger.rows(at, keys);
            keys.forEach(key -> known.put(key, Optional.ofNullable(rows.get(key))));
        }
    }

    private List<RowKey> uniqueKeys(StoredSchema table, Mutation.Insert insert) {
        Map<String, @Nullable Object> cells = new HashMap<>();
        for (int i = 0; i < insert.columns().size() && i < insert.values().size(); i++) {
            ColumnSchema column = insert.columns().get(i);
            String cell = table.cells().get(column.name());
            if (column.kind() == ColumnKind.FINGERPRINT && cell != null) {
                cells.put(cell, insert.values().get(i));
            }
        }
        return List.copyOf(
                new UniqueKeys(table).of(insert.id(), RowData.EMPTY.with(cells)).values());
    }

    private @Nullable RowData row(RowKey key) {
        Optional<RowData> data = changes.containsKey(key) ? changes.get(key) : known.get(key);
        if (data == null) {
            data = Optional.ofNullable(ledger.rows(at, List.of(key)).get(key));
            known.put(key, data);
        }
        return data.orElse(null);
    }

    /** Returns a row that is probably not there. */
    private @Nullable RowData rowToBeAbsent(RowKey key) {
        if (changes.containsKey(key) || known.containsKey(key) || ledger.knows(at, key)) {
            return row(key);
        }
        if (assumedAbsent.size() < mayAssume) {
            assumedAbsent.add(key);
            known.put(key, Optional.empty());
            return null;
        }
        return row(key);
    }

    private @Nullable Refusal mark(TransactionMarker marker) {
        StoredSchema table =
                tables.getOrDefault(TransactionMarker.TABLE.text(), StoredSchema.empty(TransactionMarker.TABLE));
        for (ColumnSchema column : TransactionMarker.SCHEMA.columns()) {
            table = table.with(column);
        }
        tables.put(TransactionMarker.TABLE.text(), table);
        RowData there = rowToBeAbsent(new RowKey(TransactionMarker.TABLE.text(), marker.id()));
        if (there != null) {
            Object state = there.stored(Objects.requireNonNull(table.cells().get("state")));
            return TransactionMarker.State.of(state) == TransactionMarker.State.FORBIDDEN
                    ? new Refusal.Forbidden()
                    : new Refusal.AlreadyApplied();
        }
        try {
            insert(marker.insert());
            return null;
        } catch (RefusedException impossible) {
            throw new IllegalStateException("The id of a marker is all that is unique of it", impossible);
        }
    }

    private long run(Mutation mutation) throws RefusedException {
        if (mutation instanceof Mutation.Insert insert) {
            insert(insert);
            return 1;
        }
        if (mutation instanceof Mutation.Update update) {
            StoredSchema table = changeable(update.table());
            requireColumns(table, update.columns());
            RowData row = expected(table, update.id(), update.expectedRevision());
            put(table, update.id(), row, changed(table, row, update.columns(), update.values()));
            return 1;
        }
        if (mutation instanceof Mutation.Delete delete) {
            StoredSchema table = changeable(delete.table());
            put(table, delete.id(), expected(table, delete.id(), delete.expectedRevision()), null);
            return 1;
        }
        if (mutation instanceof Mutation.UpdateSelected update) {
            requireColumns(changeable(update.table()), update.columns());
            List<String> ids = ids(update.selection());
            StoredSchema table = SelectionCheck.table(tables, update.table());
            for (String id : ids) {
                RowData row = expected(table, id, OptionalLong.empty());
                put(table, id, row, changed(table, row, update.columns(), update.values()));
            }
            return ids.size();
        }
        if (mutation instanceof Mutation.DeleteSelected delete) {
            List<String> ids = ids(delete.selection());
            StoredSchema table = SelectionCheck.table(tables, delete.table());
            for (String id : ids) {
                put(table, id, expected(table, id, OptionalLong.empty()), null);
            }
            return ids.size();
        }
        if (mutation instanceof Mutation.RequireNone guard) {
            List<String> found = ids(guard.selection());
            if (!found.isEmpty()) {
                throw new RefusedException(new Refusal.Found(found.get(0)));
            }
            return 0;
        }
        if (mutation instanceof Mutation.RequireRevision guard) {
            expected(SelectionCheck.table(tables, guard.table()), guard.id(), OptionalLong.of(guard.revision()));
            return 0;
        }
        Fence fence = ((Mutation.RequireFence) mutation).fence();
        StoredSchema locks = tables.get(Fence.TABLE.text());
        RowData lock = locks == null ? null : row(new RowKey(Fence.TABLE.text(), fence.lock()));
        long newest = locks == null || lock == null ? 0 : RowView.number(locks, lock, Fence.COLUMN);
        if (newest != fence.token()) {
            throw new RefusedException(new Refusal.Fenced(newest));
        }
        return 0;
    }

    private void insert(Mutation.Insert insert) throws RefusedException {
        StoredSchema table = changeable(insert.table());
        requireColumns(table, insert.columns());
        if (rowToBeAbsent(new RowKey(table.schema().table().text(), insert.id())) != null) {
            throw new RefusedException(new Refusal.Exists());
        }
        RowData row = RowData.EMPTY.with(cells(table, insert.columns(), insert.values()));
        put(table, insert.id(), null, withToken(table, row));
    }

    private RowData withToken(StoredSchema table, RowData row) {
        if (!table.schema().table().isItems() || token.isEmpty()) {
            return row;
        }
        Map<String, @Nullable Object> cell = new HashMap<>();
        cell.put(cell(table, TableName.TOKEN), token.getAsLong());
        return row.with(cell);
    }

    private static String cell(StoredSchema table, String column) {
        return Objects.requireNonNull(table.cells().get(column));
    }

    private static Map<String, @Nullable Object> cells(StoredSchema table, List<ColumnSchema> columns, Row values) {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            ColumnSchema column = columns.get(i);
            if (!column.name().equals(table.schema().table().key())) {
                cells.put(cell(table, column.name()), RowData.stored(column.kind(), values.get(i)));
            }
        }
        return cells;
    }

    private RowData changed(StoredSchema table, RowData row, List<ColumnSchema> columns, Row values) {
        RowData next = row.with(cells(table, columns, values));
        boolean namesRevision =
                columns.stream().anyMatch(column -> column.name().equals(TableName.REVISION));
        if (!table.schema().table().isItems() || namesRevision) {
            return next;
        }
        Map<String, @Nullable Object> cell = new HashMap<>();
        cell.put(cell(table, TableName.REVISION), RowView.number(table, row, TableName.REVISION) + 1);
        return withToken(table, next.with(cell));
    }

    /** Puts a row, and the unique values that it takes and lets go. */
    private void put(StoredSchema table, String id, @Nullable RowData old, @Nullable RowData row)
            throws RefusedException {
        UniqueKeys unique = new UniqueKeys(table);
        Map<IndexSchema, RowKey> before = old == null ? Map.of() : unique.of(id, old);
        Map<IndexSchema, RowKey> after = row == null ? Map.of() : unique.of(id, row);
        for (Map.Entry<IndexSchema, RowKey> each : before.entrySet()) {
            if (!each.getValue().equals(after.get(each.getKey()))) {
                changes.put(each.getValue(), Optional.empty());
            }
        }
        for (Map.Entry<IndexSchema, RowKey> each : after.entrySet()) {
            if (!each.getValue().equals(before.get(each.getKey()))) {
                RowData holder = rowToBeAbsent(each.getValue());
                if (holder != null) {
                    throw new RefusedException(
                            new Refusal.UniqueViolation(each.getKey().name(), UniqueKeys.holder(holder)));
                }
                changes.put(each.getValue(), Optional.of(UniqueKeys.heldBy(id)));
            }
        }
        changes.put(new RowKey(table.schema().table().text(), id), Optional.ofNullable(row));
        if (table.isFollowed()) {
            notes.add(note(table, id, old, row));
        }
    }

    /** Returns what is told of a change: marking a row as deleted deletes it, and taking the mark away inserts it. */
    private static Note note(StoredSchema table, String id, @Nullable RowData old, @Nullable RowData row) {
        boolean wasHere = old != null && !isMarked(table, old);
        boolean isHere = row != null && !isMarked(table, row);
        Note.Kind kind = row == null || (wasHere && !isHere)
                ? Note.Kind.DELETED
                : old == null || (isHere && !wasHere) ? Note.Kind.INSERTED : Note.Kind.UPDATED;
        long revision = kind == Note.Kind.DELETED || row == null || !table.has(TableName.REVISION)
                ? Note.NONE
                : RowView.number(table, row, TableName.REVISION);
        TableName name = table.schema().table();
        return new Note(name.text(), name.key(), id, kind, revision);
    }

    private static boolean isMarked(StoredSchema table, RowData row) {
        String cell = table.cells().get(TableName.DELETED);
        return cell != null && row.stored(cell) != null;
    }

    /** Returns the table; a table of items without a revision gains it with its first change. */
    private StoredSchema changeable(TableName name) {
        StoredSchema table = SelectionCheck.table(tables, name);
        if (name.isItems()) {
            table = table.with(REVISION);
            table = token.isPresent() ? table.with(TOKEN) : table;
            tables.put(name.text(), table);
        }
        return table;
    }

    private static void requireColumns(StoredSchema table, List<ColumnSchema> columns) {
        TableName name = table.schema().table();
        Set<String> names = new HashSet<>();
        for (ColumnSchema column : columns) {
            SelectionCheck.requireIdentifier(column.name());
            names.add(column.name());
            boolean isSame = table.schema()
                    .column(column.name())
                    .filter(there -> there.kind() == column.kind())
                    .isPresent();
            if (!isSame) {
                throw new SchemaMovedException(
                        name, new IllegalStateException("There is no such column " + column.name()));
            }
        }
        for (FingerprintKey key : FingerprintKey.in(table.schema())) {
            if (!names.contains(key.hidden().name()) && key.columns().stream().anyMatch(names::contains)) {
                throw new SchemaMovedException(name, null);
            }
        }
    }

    private RowData expected(StoredSchema table, String id, OptionalLong revision) throws RefusedException {
        RowData row = row(new RowKey(table.schema().table().text(), id));
        if (row == null) {
            throw new RefusedException(new Refusal.Missing());
        }
        String column = table.schema().table().equals(Fence.TABLE) ? Fence.COLUMN : TableName.REVISION;
        long present = RowView.number(table, row, column);
        if (revision.isPresent() && present != revision.getAsLong()) {
            throw new RefusedException(new Refusal.Stale(present));
        }
        return row;
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
        List<String> ids = new ArrayList<>();
        new LayerQuery(layer, ledger, at, tables, changes, known)
                .answer(keys)
                .forEach(row -> ids.add(String.valueOf(row.get(0))));
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
}
