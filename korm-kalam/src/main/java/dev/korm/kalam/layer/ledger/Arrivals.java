package dev.korm.kalam.layer.ledger;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those who wait for commits when one is known here. */
final class Arrivals {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private long newest;

    void arrived(long number) {
        lock.lock();
        try {
            newest = Math.max(newest, number);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a commit behind a number is known; returns whether one is. */
    boolean await(long number, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (newest <= number && left > 0) {
                left = arrived.awaitNanos(left);
            }
            return newest > number;
        } finally {
            lock.unlock();
        }
    }
}
