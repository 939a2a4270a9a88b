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
    private static final long LOOK = Duration.ofMillis(1).toNanos();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<Thread> others = new ArrayList<>();
    private volatile Thread running;
    private int together;

    ThreadsAtOnce() {
        running = Thread.currentThread();
    }

    /** Runs some work in a thread of its own, until it waits for the caller's commit or is at its end. */
    void begin(Runnable work) {
        Thread first = Thread.currentThread();
        Thread other = new Thread(work, "at-once-" + others.size());
        other.setDaemon(true);
        others.add(other);
        running = other;
        other.start();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (other.isAlive() && !isWaiting(other)) {
            look(end);
        }
        if (LockSupport.getBlocker(other) instanceof CombiningQueue) {
            together++;
        }
        running = first;
    }

    /** Runs all to their ends. */
    void end() {
        Thread first = Thread.currentThread();
        long end = System.nanoTime() + LIMIT.toNanos();
        for (Thread next = next(); next != null; next = next()) {
            running = next;
            while (next.isAlive() && !isWaiting(next)) {
                look(end);
            }
            look(end);
        }
        running = first;
        others.clear();
    }

    /** Returns one to go on with, the first that does not wait for others; null when all are at their ends. */
    private @Nullable Thread next() {
        Thread waiting = null;
        for (Thread other : others) {
            if (other.isAlive() && !isWaiting(other)) {
                return other;
            }
            waiting = other.isAlive() ? other : waiting;
        }
        return waiting;
    }

    /** Returns whether a thread waits for another: in the queue of a commit, or for a file that a change has. Who waits for its turn here does not. */
    private static boolean isWaiting(Thread thread) {
        return LockSupport.getBlocker(thread) != null;
    }

    private static void look(long end) {
        if (System.nanoTime() > end) {
            throw new AssertionError("Threads of a program wait for each other for ever");
        }
        LockSupport.parkNanos(LOOK);
    }

    /** Returns whether it is the calling thread's turn. */
    boolean isRunning() {
        return running == Thread.currentThread();
    }

    /** Waits until it is the calling thread's turn. */
    void await() {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!isRunning()) {
            look(end);
        }
    }

    /** Returns how many had to wait for the commit of another. */
    int together() {
        return together;
    }
}
