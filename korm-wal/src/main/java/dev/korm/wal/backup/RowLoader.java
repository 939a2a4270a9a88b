package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Inserts rows into a table, many at a time. For one thread. */
final class RowLoader implements AutoCloseable {
    /** Rows that are inserted at once, and so share a commit: with many, pages of an index by random keys are written less often. */
    private static final int ROWS = 16 * 1024;

    /** Rows that are inserted at once where some of them may clash. */
    private static final int DOUBTED = 500;

    private static final int CHARACTERS = 4 * 1024 * 1024;

    /** Rows that share a transaction where the layer has a fast way for many: so others who write to the layer wait for seconds at the most. */
    private static final int LOADED = 1 << 17;

    private static final long LOADED_CHARACTERS = 64L * 1024 * 1024;

    private final Layer layer;
    private final TableName table;
    private final List<ColumnSchema> columns;
    private final int revision;
    private final LongUnaryOperator revisions;
    private final OnClash onClash;

    /** The state of the table for the next load. */
    private LoadTarget target;

    private boolean fast;
    private @Nullable RowLoad load;
    private long loaded;
    private final List<Mutation> batch = new ArrayList<>();
    private long weight;
    private long inserted;
    private long skipped;

    /** The choice of what becomes of a row that the table does not take beside those that are there. */
    enum OnClash {
        FAIL,
        SKIP
    }

    /**
     * @param stored the columns of the rows, the key first
     * @param target whether the table was made for these rows
     * @param revisions says with which revision a row is inserted, by the one that it had; 0 where it had none
     */
    RowLoader(
            Layer layer,
            TableName table,
            List<ColumnSchema> stored,
            LoadTarget target,
            LongUnaryOperator revisions,
            OnClash onClash) {
        this.layer = layer;
        this.table = table;
        List<ColumnSchema> written = new ArrayList<>(stored.subList(1, stored.size()));
        int found = -1;
        for (int i = 0; i < written.size(); i++) {
            if (written.get(i).name().equals(TableName.REVISION)) {
                found = i;
            }
        }
        if (found < 0 && table.isItems()) {
            found = written.size();
            written.add(Restored.REVISION);
        }
        this.revision = found;
        this.columns = List.copyOf(written);
        this.target = target;
        this.revisions = revisions;
        this.onClash = onClash;
        this.fast = onClash == OnClash.FAIL;
    }

    long inserted() {
        return inserted;
    }

    long skipped() {
        return skipped;
    }

    void add(@Nullable Object[] row) {
        @Nullable Object[] values = new Object[columns.size()];
        System.arraycopy(row, 1, values, 0, row.length - 1);
        if (revision >= 0) {
            values[revision] = revisions.applyAsLong(values[revision] instanceof Number known ? known.longValue() : 0);
        }
        for (Object value : values) {
            weight += weight(value);
        }
        if (fast && load == null && batch.isEmpty()) {
            load = layer.load(table, columns, target).orElse(null);
            target = LoadTarget.SHARED;
            fast = load != null;
        }
        if (load != null) {
            load(load, String.valueOf(row[0]), values);
            return;
        }
        batch.add(new Mutation.Insert(table, String.valueOf(row[0]), columns, Row.of(values)));
        if (batch.size() >= (onClash == OnClash.SKIP ? DOUBTED : ROWS) || weight >= CHARACTERS) {
            flush();
        }
    }

    private void load(RowLoad into, String id, @Nullable Object[] values) {
        if (!into.add(id, values)) {
            throw refused("Taken");
        }
        loaded++;
        if (!into.isLong() && (loaded >= LOADED || weight >= LOADED_CHARACTERS)) {
            flush();
        }
    }

    private static int weight(@Nullable Object value) {
        return value instanceof String text ? text.length() : value instanceof byte[] bytes ? bytes.length : 1;
    }

    void flush() {
        RowLoad ending = load;
        if (ending != null) {
            load = null;
            if (!ending.commit()) {
                throw refused("Taken");
            }
            inserted += loaded;
            loaded = 0;
        }
        insertBatch();
        weight = 0;
    }

    private void insertBatch() {
        int from = 0;
        int to = batch.size();
        while (from < batch.size()) {
            BatchResult result = layer.apply(Batch.of(batch.subList(from, to)));
            if (result instanceof BatchResult.Applied) {
                inserted += to - from;
                from = to;
                to = batch.size();
                continue;
            }
            BatchResult.Refused refused = (BatchResult.Refused) result;
            if (onClash == OnClash.FAIL) {
                throw refused(refused.refusal().getClass().getSimpleName());
            }
            if (refused.mutation() > 0) {
                // Those before it first; then it is refused by itself.
                to = from + refused.mutation();
            } else {
                skipped++;
                from++;
                to = batch.size();
            }
        }
        batch.clear();
    }

    private BackupException refused(String refusal) {
        return new BackupException(
                Reason.FAILED,
                "A row of " + table + " was not taken by the layer \"" + layer.name() + "\": "
                        + refusal
                        + ". Somebody writes to the layer meanwhile; stop the programs that do, and try again");
    }

    /** Leaves out what was not flushed, and lets others write to the layer. */
    @Override
    public void close() {
        RowLoad left = load;
        load = null;
        if (left != null) {
            left.close();
        }
    }

    /** Deletes rows, whatever their revisions are. */
    static void delete(Layer layer, TableName table, List<String> ids) {
        List<Mutation> deletions = new ArrayList<>();
        ids.forEach(id -> deletions.add(new Mutation.Delete(table, id, OptionalLong.empty())));
        if (!deletions.isEmpty() && !(layer.apply(Batch.of(deletions)) instanceof BatchResult.Applied)) {
            // Others have deleted some of them.
            deletions.forEach(each -> layer.apply(Batch.of(List.of(each))));
        }
    }
}
