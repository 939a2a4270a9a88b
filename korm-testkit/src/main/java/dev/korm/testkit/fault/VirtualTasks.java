package dev.korm.testkit.fault;

import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Work that waits for virtual time, and is run in the thread that lets it pass. Safe for many threads. */
final class VirtualTasks {
    private final AtomicLong nanos;
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long count;

    private record Due(long at, long number, Object owner, Runnable work) {}

    /** @param nanos the time */
    VirtualTasks(AtomicLong nanos) {
        this.nanos = nanos;
    }

    Scheduler scheduler() {
        Object owner = new Object();
        return new Scheduler() {
            @Override
            public Task after(Duration delay, Runnable work) {
                Due due = add(delay, owner, work);
                return () -> remove(due);
            }

            @Override
            public void close() {
                removeOf(owner);
            }
        };
    }

    private synchronized Due add(Duration delay, Object owner, Runnable work) {
        Due due = new Due(nanos.get() + Math.max(0, delay.toNanos()), count++, owner, work);
        queue.add(due);
        return due;
    }

    private synchronized void remove(Due due) {
        queue.remove(due);
    }

    private synchronized void removeOf(Object owner) {
        queue.removeIf(due -> due.owner() == owner);
    }

    /** Lets time pass from one piece of work to the next. */
    void advance(Duration duration) {
        long end = nanos.get() + duration.toNanos();
        for (Due due = next(end); due != null; due = next(end)) {
            due.work().run();
        }
        nanos.accumulateAndGet(end, Math::max);
    }

    private synchronized @Nullable Due next(long end) {
        Due first = queue.peek();
        if (first == null || first.at() > end) {
            return null;
        }
        nanos.accumulateAndGet(first.at(), Math::max);
        return queue.poll();
    }
}
