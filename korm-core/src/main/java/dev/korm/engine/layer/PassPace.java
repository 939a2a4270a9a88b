package dev.korm.engine.layer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Decides how many rows a pass through a table takes at a time. Each batch costs a sync, and writes every page of the store that one of its rows is on; rows that follow one another by id are on as many
 * pages as there are rows, so the larger a table grows, the more is won by larger batches. Others wait for a batch, so it grows only while it is quick, by two, and shrinks when it was slow; large rows
 * are slow, which bounds what a batch holds in memory. For one pass, by one thread.
 */
public final class PassPace {
    /** The rows of the first batch, and the fewest of any. */
    static final int FEWEST = 200;

    static final int MOST = 16 * FEWEST;
    private static final long QUICK = Duration.ofMillis(100).toNanos();
    private static final long SLOW = Duration.ofMillis(300).toNanos();

    private final LongSupplier nanoTime;
    private int rows;
    private long began;

    /** @param nanoTime monotonic nanoseconds, such as those of the pool's environment */
    public PassPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns how many rows the batch that begins now is to take; the one before has ended. */
    public int next() {
        long now = nanoTime.getAsLong();
        long took = now - began;
        began = now;
        if (rows == 0) {
            rows = FEWEST;
        } else if (took < QUICK) {
            rows = Math.min(2 * rows, MOST);
        } else if (took > SLOW) {
            rows = Math.max(rows / 2, FEWEST);
        }
        return rows;
    }
}
