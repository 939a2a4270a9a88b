package dev.korm.wal;

import dev.korm.concurrent.CombiningQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads of one simulated program that change something while another of it is in the middle of a change, so that they are committed together. One of them runs at a
 * time: from one step to where it has to wait for the others, or to its end. Which of several that wait for the same commit makes it is theirs to find out, so a seed
 * does not repeat all that they do.
 */
final class ThreadsAtOnce {
    /** How long a thread that looks whether another waits pauses: at first, and at most. */
    private static final long FIRST_PAUSE = Duration.ofNanos(20_000).toNanos();

    private static final long LONGEST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<Other> others = new ArrayList<>();
    private volatile Thread running;
    private int together;

    ThreadsAtOnce() {
        running = Thread.currentThread();
    }

    private static final class Other extends Thread {
        private final Thread first;
        private final Runnable work;
        private volatile boolean ended;

        Other(int number, Thread first, Runnable work) {
            super("at-once-" + number);
            this.first = first;
            this.work = work;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                work.run();
            } finally {
                ended = true;
                LockSupport.unpark(first);
            }
        }
    }

    /** Runs some work in a thread of its own, until it waits for the caller's commit or is at its end. */
    void begin(Runnable work) {
        Thread first = Thread.currentThread();
        Other other = new Other(others.size(), first, work);
        others.add(other);
        running = other;
        other.start();
        awaitPause(other);
        if (LockSupport.getBlocker(other) instanceof CombiningQueue) {
            together++;
        }
        running = first;
    }

    /** Runs all to their ends. */
    void end() {
        Thread first = Thread.currentThread();
        long end = System.nanoTime() + LIMIT.toNanos();
        for (Other next = next(); next != null; next = next()) {
            running = next;
            LockSupport.unpark(next);
            awaitPause(next);
            look(end, FIRST_PAUSE);
        }
        running = first;
        others.clear();
    }

    /** Returns one to go on with, the first that does not wait for others; null when all are at their ends. */
    private @Nullable Other next() {
        Other waiting = null;
        for (Other other : others) {
            if (!other.ended && !isWaiting(other)) {
                return other;
            }
            waiting = other.ended ? waiting : other;
        }
        return waiting;
    }

    /** Waits until a thread has ended, which wakes the caller, or waits for others, which nobody tells. */
    private static void awaitPause(Other other) {
        long end = System.nanoTime() + LIMIT.toNanos();
        long pause = FIRST_PAUSE;
        while (!other.ended && !isWaiting(other)) {
            look(end, pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    /** Returns whether a thread waits for another: in the queue of a commit, or for a file that a change has. Who waits for its turn here does not. */
    private static boolean isWaiting(Thread thread) {
        return LockSupport.getBlocker(thread) != null;
    }

    private static void look(long end, long pause) {
        if (System.nanoTime() > end) {
            throw new AssertionError("Threads of a program wait for each other for ever");
        }
        LockSupport.parkNanos(pause);
    }

    /** Returns whether it is the calling thread's turn. */
    boolean isRunning() {
        return running == Thread.currentThread();
    }

    /** Waits until it is the calling thread's turn, whose giver wakes it. */
    void await() {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!isRunning()) {
            look(end, LONGEST_PAUSE);
        }
    }

    /** Returns how many had to wait for the commit of another. */
    int together() {
        return together;
    }
}
