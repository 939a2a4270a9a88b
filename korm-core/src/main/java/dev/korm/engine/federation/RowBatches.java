package dev.korm.engine.federation;

import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/**
 * Rows as they come, each handed out once everything is there that its references name. For that, some rows at a time are
 * looked at again and again until nothing is missing: as often as references are deep.
 */
public final class RowBatches implements Iterator<Scope> {
    private static final int SMALLEST = 64;
    public static final int LARGEST = 4_096;

    private final RowCursor rows;
    private final TableColumns columns;
    private final FetchedRows found;
    private final Residual.Probe probe;
    private final Deque<Scope> ready = new ArrayDeque<>();
    private int size;
    private boolean ended;

    /** @param size how many rows are read first */
    RowBatches(RowCursor rows, TableColumns columns, FetchedRows found, Residual.Probe probe, int size) {
        this.rows = rows;
        this.columns = columns;
        this.found = found;
        this.probe = probe;
        this.size = size;
    }

    /** Returns how many rows are read first for an answer that has so many at the most. */
    static int first(OptionalLong limit) {
        return (int) Math.max(SMALLEST, Math.min(LARGEST, 2 * limit.orElse(LARGEST)));
    }

    @Override
    public boolean hasNext() {
        if (ready.isEmpty() && !ended) {
            read();
        }
        return !ready.isEmpty();
    }

    @Override
    public Scope next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.removeFirst();
    }

    private void read() {
        List<TableColumns.Kept> batch = new ArrayList<>();
        while (batch.size() < size && !ended) {
            if (rows.next()) {
                batch.add(columns.copy(rows));
            } else {
                ended = true;
                rows.close();
            }
        }
        size = Math.min(LARGEST, 2 * size);
        found.begin();
        List<TableColumns.Kept> pending = batch;
        while (!pending.isEmpty()) {
            pending = lacking(pending);
            if (!pending.isEmpty()) {
                found.fetch();
            }
        }
        for (TableColumns.Kept row : batch) {
            ready.add(Scope.of(0, row));
        }
    }

    /** Returns the rows for which something is missing still. */
    private List<TableColumns.Kept> lacking(List<TableColumns.Kept> batch) {
        List<TableColumns.Kept> lacking = new ArrayList<>();
        for (TableColumns.Kept row : batch) {
            long before = found.misses();
            probe.look(Scope.of(0, row));
            if (found.misses() > before) {
                lacking.add(row);
            }
        }
        return lacking;
    }
}
