package dev.korm.wal;

import dev.korm.concurrent.CombiningQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads of one simulated program that change something while another of it is in the middle of a change, so that they are committed together. One of them runs at a
 * time: from one step to where it has to wait for the others, or to its end. Which of several that wait for the same commit makes it is theirs to find out, so a seed
 * does not repeat all that they do.
 *
 * <p>A thread is seen to wait when it is parked, and may wake by itself. So its turn is taken from it only as it was when that was seen: with each step the thread makes
 * it a new one. What must not be mixed with anything the others do, the thread does while it {@linkplain #keep keeps} its turn, whatever it waits for meanwhile.
 */
final class ThreadsAtOnce {
    /** How long a thread that looks whether another waits pauses: at first, and at most. */
    private static final long FIRST_PAUSE = Duration.ofNanos(20_000).toNanos();

    private static final long LONGEST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<Other> others = new ArrayList<>();
    private final AtomicReference<Turn> turn = new AtomicReference<>(new Turn(Thread.currentThread(), false));
    private int together;
    private volatile int looks;

    /** The right of a thread to go on, until its next step. Told apart by identity. */
    private static final class Turn {
        final Thread thread;
        /** Whether it is left to the thread, though that be parked. */
        final boolean kept;

        Turn(Thread thread, boolean kept) {
            this.thread = thread;
            this.kept = kept;
        }
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
        turn.set(new Turn(other, false));
        other.start();
        awaitPause(other, first);
        if (LockSupport.getBlocker(other) instanceof CombiningQueue) {
            together++;
        }
    }

    /** Runs all to their ends. */
    void end() {
        Thread first = Thread.currentThread();
        long end = System.nanoTime() + LIMIT.toNanos();
        for (Other next = next(); next != null; next = next()) {
            turn.set(new Turn(next, false));
            LockSupport.unpark(next);
            awaitPause(next, first);
            look(end, FIRST_PAUSE);
        }
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

    /** Waits until a thread has ended, which wakes the caller, or waits for others, which nobody tells; then it is the caller's turn. */
    private void awaitPause(Other other, Thread first) {
        long end = System.nanoTime() + LIMIT.toNanos();
        long pause = FIRST_PAUSE;
        while (!other.ended && !takeFrom(other, first)) {
            look(end, pause);
            looks++;
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
        turn.set(new Turn(first, false));
    }

    /** Takes its turn from a thread that waits for others; false when it does not, or has made a step since it was seen to. */
    private boolean takeFrom(Other other, Thread first) {
        Turn seen = turn.get();
        return !seen.kept && isWaiting(other) && turn.compareAndSet(seen, new Turn(first, false));
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

    /** Makes a step, when it is the calling thread's turn; from then on nobody takes the turn before the thread is seen to wait again. */
    boolean tryStep() {
        Turn seen = turn.get();
        return seen.thread == Thread.currentThread()
                && (seen.kept || turn.compareAndSet(seen, new Turn(seen.thread, false)));
    }

    /** Waits until it is the calling thread's turn, whose giver wakes it, and makes a step. */
    void await() {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!tryStep()) {
            look(end, LONGEST_PAUSE);
        }
    }

    /** Does some work within the calling thread's turn, which ends with it at the earliest: also when the work waits for threads of its own. */
    void keep(Runnable work) {
        Turn before = turn.get();
        if (before.thread != Thread.currentThread()) {
            throw new IllegalStateException("It is not the turn of this thread");
        }
        turn.set(new Turn(before.thread, true));
        try {
            work.run();
        } finally {
            turn.set(new Turn(before.thread, before.kept));
        }
    }

    /** Returns how often the thread whose turn it is was looked at, and did not wait for others. */
    int looks() {
        return looks;
    }

    /** Returns how many had to wait for the commit of another. */
    int together() {
        return together;
    }
}
