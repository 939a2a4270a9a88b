package dev.korm.jdbc.feed;

import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes the feeds of a layer when this process has committed something, or a {@link CommitListener} hears that another has. Whoever commits while no feed is open
 * reads one number. Safe for many threads.
 */
public final class ChangeSignal {
    private final AtomicInteger feeds = new AtomicInteger();
    private final AtomicLong commits = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition committed = lock.newCondition();
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

    /** Returns the result, after it has woken those who wait, where there is something to see. */
    public BatchResult told(BatchResult result) {
        if (result instanceof BatchResult.Applied) {
            tell();
        }
        return result;
    }

    /** Returns the batch; those who wait are woken when it is committed. */
    public PreparedBatch telling(PreparedBatch batch) {
        return feeds.get() == 0 ? batch : new Telling(batch);
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
