package dev.korm.engine.live;

import dev.korm.engine.item.PoolContext;
import dev.korm.spi.Scheduler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock, and what it guards: some live queries, and the moments at which they are answered. Every moment is taken under the lock, and every query is brought to it before the lock is let go; so
 * the answers of a query are of ever later moments.
 */
final class Guard {
    private final PoolContext pool;
    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<QueryKey, SharedQuery<?>> queries = new HashMap<>();
    private @Nullable LiveMoment live;
    private @Nullable LiveMoment withDeleted;
    private boolean begun;

    Guard(PoolContext pool, Scheduler scheduler) {
        this.pool = pool;
        this.scheduler = scheduler;
    }

    /** Work that is done at one moment. */
    interface Work<R> {
        R run();
    }

    /** Returns what work answers that is done at one moment, under the lock. */
    <R> R atOneMoment(Work<R> work) {
        lock.lock();
        try {
            begun = true;
            try {
                begin(live);
                begin(withDeleted);
                return work.run();
            } finally {
                begun = false;
                end();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void begin(@Nullable LiveMoment moment) {
        if (moment != null) {
            moment.begin();
        }
    }

    private void end() {
        try {
            if (live != null) {
                live.close();
            }
        } finally {
            if (withDeleted != null) {
                withDeleted.close();
            }
        }
    }

    /** Returns the pool at the moment. */
    LiveMoment moment(boolean deletedToo) {
        requireHeld();
        LiveMoment known = deletedToo ? withDeleted : live;
        if (known == null) {
            known = new LiveMoment(deletedToo ? pool.withDeleted() : pool, scheduler);
            if (deletedToo) {
                withDeleted = known;
            } else {
                live = known;
            }
            if (begun) {
                known.begin();
            }
        }
        return known;
    }

    /** Returns the queries, to be used under the lock. */
    Map<QueryKey, SharedQuery<?>> queries() {
        requireHeld();
        return queries;
    }

    private void requireHeld() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("The lock is not held");
        }
    }

    <R> R locked(Work<R> work) {
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }
}
