package dev.korm.engine.lock;

import dev.korm.ClosedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks within a pool: one holder at a time, and those who wait get it in the order in which they came.
 *
 * <p><b>States of a lock.</b> Free, and then it takes no memory; or held, with others waiting. It is handed to the first who waits when it is let go, so that nobody who
 * comes later is faster. A lock belongs to whoever has to let it go, not to a thread.
 *
 * <p>All is guarded by one mutex, which is never held while anybody waits or asks a store.
 */
final class LocalLocks {
    private final ReentrantLock mutex = new ReentrantLock();
    private final Map<String, Held> held = new HashMap<>();
    private boolean closed;

    /** A thread as messages name it. */
    private record Holder(Thread thread) {
        String told() {
            String name = thread.getName().isEmpty() ? "number " + thread.getId() : '"' + thread.getName() + '"';
            return "the thread " + name + " of this pool"
                    + (thread == Thread.currentThread() ? ", the one that asks: a thread gets no lock twice" : "");
        }
    }

    /** A lock that is held. Guarded by the mutex. */
    private static final class Held {
        private Holder holder;
        private final Deque<Waiting> waiting = new ArrayDeque<>();

        Held(Holder holder) {
            this.holder = holder;
        }
    }

    /** A thread that waits for a lock. Guarded by the mutex. */
    private static final class Waiting {
        private final Holder thread;
        private final Condition turn;
        private boolean granted;

        Waiting(Holder thread, Condition turn) {
            this.thread = thread;
            this.turn = turn;
        }
    }

    /**
     * The outcome of waiting.
     *
     * @param left nanoseconds that are left of the time; negative when the lock was not got
     * @param holder who had it at last; empty when it was got
     */
    record Outcome(long left, String holder) {
        boolean isTaken() {
            return left >= 0;
        }
    }

    /** The thread was interrupted while it waited for somebody. */
    static final class InterruptedWaiting extends Exception {
        private static final long serialVersionUID = 1L;

        private final String holder;

        InterruptedWaiting(String holder, InterruptedException cause) {
            super("interrupted", cause);
            this.holder = holder;
        }

        String holder() {
            return holder;
        }
    }

    /**
     * Takes a lock.
     *
     * @param nanos how long it is waited for; 0: not at all
     */
    Outcome take(String id, long nanos) throws InterruptedWaiting {
        Holder self = new Holder(Thread.currentThread());
        mutex.lock();
        try {
            requireOpen();
            Held there = held.get(id);
            if (there == null) {
                held.put(id, new Held(self));
                return new Outcome(nanos, "");
            }
            if (nanos <= 0) {
                return new Outcome(-1, there.holder.told());
            }
            Waiting waiting = new Waiting(self, mutex.newCondition());
            there.waiting.add(waiting);
            return await(id, waiting, there, nanos);
        } finally {
            mutex.unlock();
        }
    }

    private Outcome await(String id, Waiting waiting, Held there, long nanos) throws InterruptedWaiting {
        long left = nanos;
        try {
            while (!waiting.granted && !closed && left > 0) {
                left = waiting.turn.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            String holder = there.holder.told();
            giveUp(id, waiting, there);
            throw new InterruptedWaiting(holder, interrupted);
        }
        if (closed) {
            giveUp(id, waiting, there);
            requireOpen();
        }
        if (!waiting.granted) {
            there.waiting.remove(waiting);
            return new Outcome(-1, there.holder.told());
        }
        return new Outcome(Math.max(left, 0), "");
    }

    private void giveUp(String id, Waiting waiting, Held there) {
        if (waiting.granted) {
            handOn(id);
        } else {
            there.waiting.remove(waiting);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("The pool is closed, and so are its locks; open a new one");
        }
    }

    /** Lets a lock go, to the first who waits. */
    void letGo(String id) {
        mutex.lock();
        try {
            handOn(id);
        } finally {
            mutex.unlock();
        }
    }

    private void handOn(String id) {
        Held there = held.get(id);
        if (there == null) {
            throw new IllegalStateException("Nobody holds " + id);
        }
        Waiting next = there.waiting.poll();
        if (next == null) {
            held.remove(id);
        } else {
            there.holder = next.thread;
            next.granted = true;
            next.turn.signal();
        }
    }

    /** Returns who has a lock; empty when nobody has. */
    Optional<String> holder(String id) {
        mutex.lock();
        try {
            return Optional.ofNullable(held.get(id)).map(there -> there.holder.told());
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many threads wait for a lock. */
    int waiting(String id) {
        mutex.lock();
        try {
            Held there = held.get(id);
            return there == null ? 0 : there.waiting.size();
        } finally {
            mutex.unlock();
        }
    }

    /** Wakes all who wait: nobody gets a lock any more. */
    void close() {
        mutex.lock();
        try {
            closed = true;
            held.values().forEach(there -> there.waiting.forEach(waiting -> waiting.turn.signal()));
        } finally {
            mutex.unlock();
        }
    }
}
