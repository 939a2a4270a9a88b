package dev.korm.jdbc.feed;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.query.TableName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes the feeds of a layer when this process has committed something to a table that it follows, or a {@link CommitListener} hears that another has. Whoever commits while no feed is open
 * reads one number. Safe for many threads.
 */
public final class ChangeSignal {
    private final AtomicInteger feeds = new AtomicInteger();
    private final AtomicLong commits = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition committed = lock.newCondition();
    private final Set<TableName> followed = ConcurrentHashMap.newKeySet();
    private volatile CommitListener listener = CommitListener.NONE;

    /** Has a listener started with the first feed that is opened from now on, and stopped with the last that is closed. */
    public void listenBy(CommitListener listener) {
        this.listener = listener;
    }

    void opened() {
        lock.lock();
        try {
            if (feeds.incrementAndGet() == 1) {
                listener.start();
            }
        } finally {
            lock.unlock();
        }
    }

    void closed() {
        lock.lock();
        try {
            if (feeds.decrementAndGet() == 0) {
                listener.stop();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops listening, since the layer is closed. */
    public void close() {
        listener.stop();
    }

    /** Takes note of a table that this process follows: commits that concern none of these wake nobody. */
    public void follows(TableName table) {
        followed.add(table);
    }

    private boolean concerns(Batch batch) {
        return followed.isEmpty()
                || batch.mutations().stream().anyMatch(mutation -> followed.contains(mutation.table()));
    }

    /** Returns the result of a batch, after it has woken those who wait, where there is something to see. */
    public BatchResult told(Batch batch, BatchResult result) {
        if (feeds.get() > 0 && result instanceof BatchResult.Applied && concerns(batch)) {
            tell();
        }
        return result;
    }

    /** Returns the prepared batch; those who wait are woken when it is committed. */
    public PreparedBatch telling(Batch of, PreparedBatch batch) {
        return feeds.get() == 0 || !concerns(of) ? batch : new Telling(batch);
    }

    /** Wakes those who wait. */
    public void tell() {
        if (feeds.get() == 0) {
            return;
        }
        commits.incrementAndGet();
        lock.lock();
        try {
            committed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns a number that changes with every commit. */
    public long commits() {
        return commits.get();
    }

    /** Waits until there were more commits than so many; returns whether there were. */
    public boolean await(long seen, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (commits.get() == seen && left > 0) {
                left = committed.awaitNanos(left);
            }
            return commits.get() != seen;
        } finally {
            lock.unlock();
        }
    }

    private final class Telling implements PreparedBatch {
        private final PreparedBatch batch;

        Telling(PreparedBatch batch) {
            this.batch = batch;
        }

        @Override
        public BatchResult result() {
            return batch.result();
        }

        @Override
        public void commit() {
            batch.commit();
            tell();
        }

        @Override
        public void rollback() {
            batch.rollback();
        }

        @Override
        public void close() {
            batch.close();
        }
    }
}
