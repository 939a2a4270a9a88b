package dev.korm.kalam.consumer;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A loop of polls: whether it is to stop, its waits, and the place from which it would begin anew. */
final class Loop {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private final ConsumeRequest request;
    private boolean isStopped;
    private long resume = -1;

    Loop(ConsumeRequest request) {
        this.request = request;
    }

    boolean isStopped() {
        lock.lock();
        try {
            return isStopped || Thread.currentThread().isInterrupted();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            isStopped = true;
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless it is stopped. */
    void pause(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !isStopped) {
                left = stopped.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the next poll. The server's memory of a group comes first; where that is lost, it begins at the first message that is not acknowledged. */
    ConsumeRequest next() {
        return resume < 0 ? request : request.start(Start.offset(resume));
    }

    void seen(long offset) {
        resume = resume < 0 ? offset : resume;
    }

    void acknowledged(long offset) {
        resume = Math.max(resume, offset + 1);
    }
}
