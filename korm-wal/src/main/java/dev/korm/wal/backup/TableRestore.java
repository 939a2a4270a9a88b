package dev.korm.wal.backup;

import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.RevisionClock;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.StoredTable;
import dev.korm.wal.backup.format.TableHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The restore of one table, in two readings of its rows. The first finds which rows of the table are just as in the backup, and deletes
 * the others; the second inserts what is missing then. So a row never meets a unique value that another is about to lose. For one thread.
 */
final class TableRestore implements AutoCloseable {
    private static final int TOGETHER = 500;

    private final Layer store;
    private final Layer writing;
    private final StoredTable stored;
    private final boolean fresh;
    private final TableSchema there;
    private final RevisionClock clock;
    private final boolean keepsRows;

    private final List<@Nullable Object[]> waiting = new ArrayList<>();
    private @Nullable IdRanges ids;
    private @Nullable RowLoader loader;
    private long kept;
    private long deleted;

    /**
     * @param store read from
     * @param writing written to
     * @param fresh whether the table was made by this restore
     * @param keepsRows whether rows that are there stay, whatever they hold
     */
    TableRestore(
            Layer store, Layer writing, StoredTable stored, boolean fresh, RevisionClock clock, boolean keepsRows) {
        this.store = store;
        this.writing = writing;
        this.stored = stored;
        this.fresh = fresh;
        this.clock = clock;
        this.keepsRows = keepsRows;
        this.there = store.describe(stored.name()).orElseThrow();
    }

    StoredTable stored() {
        return stored;
    }

    long kept() {
        return kept;
    }

    long deleted() {
        return deleted;
    }

    long created() {
        return loader == null ? 0 : loader.inserted();
    }

    long skipped() {
        return loader == null ? 0 : loader.skipped();
    }

    /** Takes a row of the first reading. */
    void compare(@Nullable Object[] row) {
        if (fresh || keepsRows) {
            return;
        }
        if (ids == null) {
            ids = new IdRanges();
        }
        ids.add(String.valueOf(row[0]));
        waiting.add(row);
        if (waiting.size() >= TOGETHER) {
            compareWaiting();
        }
    }

    private void compareWaiting() {
        if (waiting.isEmpty()) {
            return;
        }
        TableHash.Rows own = new TableHash.Rows(stored.schema().columns());
        Map<String, byte[]> wanted = new HashMap<>();
        waiting.forEach(row -> wanted.put(String.valueOf(row[0]), own.content(row)));
        List<String> different = new ArrayList<>();
        List<ColumnSchema> columns = Restored.comparable(there);
        TableHash.Rows theirs = new TableHash.Rows(columns);
        try (RowCursor rows = select(columns, List.copyOf(wanted.keySet()))) {
            while (rows.next()) {
                String id = String.valueOf(rows.get(0));
                byte[] content = wanted.get(id);
                @Nullable Object[] values = new Object[columns.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = rows.get(i);
                    if (columns.get(i).name().equals(TableName.REVISION) && values[i] instanceof Number revision) {
                        clock.saw(revision.longValue() + 2);
                    }
                }
                if (content != null && !Arrays.equals(content, theirs.content(values))) {
                    different.add(id);
                }
            }
        }
        delete(different);
        waiting.clear();
    }

    private void delete(List<String> some) {
        RowLoader.delete(writing, stored.name(), some);
        deleted += some.size();
    }

    private RowCursor select(List<ColumnSchema> columns, List<String> some) {
        Operand id = new Operand.Column(0, stored.name().key(), ColumnKind.ID);
        Selection all = Cut.selection(stored.name(), columns);
        Condition among = new Condition.OneOf(id, List.copyOf(some));
        // A layer that evaluates nothing gives all of its rows, and those that nobody asked for are passed over.
        boolean asked = store.capabilities().pushdown().test(among)
                && store.capabilities().parameterLimit() >= some.size();
        return store.select(asked ? all.withWhere(among) : all);
    }

    /** Ends the first reading: deletes what the backup does not have. */
    void endCompare() {
        if (fresh || keepsRows) {
            return;
        }
        compareWaiting();
        try (IdRanges known = ids == null ? new IdRanges() : ids) {
            ids = null;
            for (int number = 0; number < known.ranges(); number++) {
                deleteOthers(known.range(number));
            }
        }
    }

    private void deleteOthers(IdRanges.Range range) {
        boolean revised = there.has(TableName.REVISION);
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(stored.name().key(), ColumnKind.ID));
        if (revised) {
            columns.add(Restored.REVISION);
        }
        List<String> others = new ArrayList<>();
        try (RowCursor rows = store.select(Cut.selection(stored.name(), columns))) {
            while (rows.next()) {
                String id = String.valueOf(rows.get(0));
                if (range.lacks(id)) {
                    others.add(id);
                    if (revised && rows.get(1) instanceof Number revision) {
                        clock.saw(revision.longValue() + 2);
                    }
                    if (others.size() >= TOGETHER) {
                        delete(others);
                        others.clear();
                    }
                }
            }
        }
        delete(others);
    }

    /** Takes a row of the second reading. */
    void insert(@Nullable Object[] row) {
        RowLoader into = loader();
        if (fresh) {
            into.add(row);
            return;
        }
        waiting.add(row);
        if (waiting.size() >= TOGETHER) {
            insertWaiting();
        }
    }

    private RowLoader loader() {
        if (loader == null) {
            LongUnaryOperator revisions = fresh ? this::same : before -> clock.next();
            loader = new RowLoader(
                    writing,
                    stored.name(),
                    stored.schema().columns(),
                    fresh ? LoadTarget.NEW : LoadTarget.SHARED,
                    revisions,
                    keepsRows ? RowLoader.OnClash.SKIP : RowLoader.OnClash.FAIL);
        }
        return loader;
    }

    private long same(long revision) {
        if (revision <= 0) {
            return clock.next();
        }
        clock.saw(revision);
        return revision;
    }

    private void insertWaiting() {
        if (waiting.isEmpty()) {
            return;
        }
        Map<String, @Nullable Object[]> missing = new java.util.LinkedHashMap<>();
        waiting.forEach(row -> missing.put(String.valueOf(row[0]), row));
        List<ColumnSchema> key = List.of(new ColumnSchema(stored.name().key(), ColumnKind.ID));
        try (RowCursor rows = select(key, List.copyOf(missing.keySet()))) {
            while (rows.next()) {
                if (missing.remove(String.valueOf(rows.get(0))) != null) {
                    kept++;
                }
            }
        }
        RowLoader into = Objects.requireNonNull(loader);
        missing.values().forEach(into::add);
        waiting.clear();
    }

    /** Ends the second reading. */
    void endInsert() {
        loader();
        insertWaiting();
        Objects.requireNonNull(loader).flush();
    }

    /** Lets others write to the layer, whatever became of the second reading. */
    @Override
    public void close() {
        if (loader != null) {
            loader.close();
        }
    }

    /** Returns whether a table is there and has rows. */
    static boolean hasRows(Layer store, TableName table) {
        if (store.describe(table).isEmpty()) {
            return false;
        }
        Selection first = new Selection(
                table,
                List.of(),
                List.of(new Output.Value(new Operand.Column(0, table.key(), ColumnKind.ID))),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.of(1));
        try (RowCursor rows = store.select(first)) {
            return rows.next();
        }
    }

    /** Deletes every row of a table that the backup does not have. */
    static long clear(Layer store, Layer writing, TableName table, RevisionClock clock) {
        TableSchema schema = store.describe(table).orElseThrow();
        StoredTable none = new StoredTable(store.name(), new TableSchema(table, schema.columns(), List.of()));
        TableRestore clearing = new TableRestore(store, writing, none, false, clock, false);
        clearing.endCompare();
        return clearing.deleted();
    }
}
