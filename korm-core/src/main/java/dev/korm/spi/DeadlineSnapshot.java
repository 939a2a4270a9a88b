package dev.korm.spi;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.query.Selection;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that ends by itself when it is not closed in time.
 *
 * <p><b>Who owns what.</b> A snapshot is for one thread at a time, and the deadline comes on another one. So each call, and the end, holds a lock. When
 * a call is under way at the deadline, nothing waits for it: the call itself ends the snapshot when it is done.
 */
final class DeadlineSnapshot implements Snapshot {
    private final String layer;
    private final Snapshot snapshot;
    private final Duration deadline;
    private final Scheduler.Task end;
    private final ReentrantLock lock = new ReentrantLock();

    /** Assigned before the lock is asked for, so that whoever holds it then sees it afterwards. */
    private volatile boolean expired;

    /** Guarded by the lock. */
    private boolean closed;

    DeadlineSnapshot(String layer, Snapshot snapshot, Duration deadline, Scheduler scheduler) {
        this.layer = layer;
        this.snapshot = snapshot;
        this.deadline = deadline;
        this.end = scheduler.after(deadline, this::expire);
    }

    private void expire() {
        expired = true;
        endWhereExpired();
    }

    private void endWhereExpired() {
        if (expired && lock.tryLock()) {
            try {
                if (!closed) {
                    closed = true;
                    snapshot.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Runs a call of the snapshot or of one of its cursors. */
    private <T extends @Nullable Object> T call(Supplier<T> work) {
        lock.lock();
        try {
            if (expired) {
                throw new StoreBusyException(
                        layer,
                        "Reading from a snapshot of the layer " + layer
                                + " came too late: it was open for longer than its deadline of " + deadline.toMillis()
                                + " ms, and has ended. Take another",
                        Outcome.NOT_APPLIED,
                        null);
            }
            return work.get();
        } finally {
            lock.unlock();
            endWhereExpired();
        }
    }

    @Override
    public RowCursor select(Selection selection) {
        return call(() -> new Cursor(snapshot.select(selection)));
    }

    @Override
    public ChangeFeed.Position position() {
        return call(snapshot::position);
    }

    @Override
    public void close() {
        end.cancel();
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                snapshot.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Rows that end with the snapshot. */
    private final class Cursor implements RowCursor {
        private final RowCursor rows;

        Cursor(RowCursor rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            return call(rows::next);
        }

        @Override
        public @Nullable Object get(int column) {
            return DeadlineSnapshot.this.<@Nullable Object>call(() -> rows.get(column));
        }

        @Override
        public void close() {
            lock.lock();
            try {
                // The end of the snapshot has ended its cursors.
                if (!closed) {
                    rows.close();
                }
            } finally {
                lock.unlock();
                endWhereExpired();
            }
        }
    }
}
