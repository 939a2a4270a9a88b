package dev.korm.gateway.server;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A time after which the thread that works is interrupted. Closed by that thread, which is not interrupted any more then. */
final class Deadline implements AutoCloseable {
    private final Thread worker = Thread.currentThread();
    private final ReentrantLock lock = new ReentrantLock();
    private final Future<?> timer;
    private boolean past;
    private boolean done;

    Deadline(ScheduledExecutorService timers, Duration time) {
        this.timer = timers.schedule(this::interrupt, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void interrupt() {
        lock.lock();
        try {
            if (!done) {
                past = true;
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the time is over. */
    boolean isPast() {
        lock.lock();
        try {
            return past;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        timer.cancel(false);
        lock.lock();
        try {
            done = true;
            if (past) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }
}
