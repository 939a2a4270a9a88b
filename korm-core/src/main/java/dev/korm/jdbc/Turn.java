package dev.korm.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands one resource, the writing connection, to one thread at a time, and lets the thread that has it do the work of those
 * that wait (flat combining). So the cost of a commit is shared, without a thread of its own and without a hand-off when
 * nobody else is there.
 *
 * <p>Work is queued in order of arrival. Whoever gets the turn takes what is queued, at the most {@value #GROUP} pieces, up
 * to the first request for the turn itself, which is then granted to its thread. At most {@value #QUEUE} threads wait; one
 * more waits for a place, as long as for its turn.
 */
final class Turn<W> {
    static final int QUEUE = 1024;
    static final int GROUP = 256;

    private final Queue<Waiting<W>> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore places = new Semaphore(QUEUE);
    private final Semaphore turn = new Semaphore(1);
    private final Consumer<List<W>> worker;

    /** @param worker does a group of work; it must not throw */
    Turn(Consumer<List<W>> worker) {
        this.worker = worker;
    }

    /**
     * Returns when the work was done, by this thread or another; false when its turn did not come in time, and then it will
     * not be done.
     */
    boolean work(W work, long nanos) {
        return wait(new Waiting<>(work), nanos);
    }

    /** Takes the turn for this caller alone; false when it did not come in time. Any thread may {@link #release} it. */
    boolean acquire(long nanos) {
        return wait(new Waiting<>(null), nanos);
    }

    private boolean wait(Waiting<W> waiting, long nanos) {
        long deadline = System.nanoTime() + nanos;
        if (!place(nanos)) {
            return false;
        }
        boolean interrupted = false;
        try {
            queue.add(waiting);
            while (true) {
                if (turn.tryAcquire() && lead(waiting)) {
                    return true;
                }
                if (waiting.isDone()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0 && waiting.state.compareAndSet(State.WAITING, State.GONE)) {
                    queue.remove(waiting);
                    // The turn may just have been offered to this thread.
                    wakeNext();
                    return false;
                }
                // Work that was taken is done without fail, so there is no limit to that wait.
                LockSupport.parkNanos(this, left <= 0 ? Long.MAX_VALUE : left);
                interrupted |= Thread.interrupted();
            }
        } finally {
            places.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean place(long nanos) {
        if (places.tryAcquire()) {
            return true;
        }
        try {
            return places.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** With the turn in hand; true when the caller keeps it because it asked for just that. */
    private boolean lead(Waiting<W> own) {
        if (own.work == null && own.state.compareAndSet(State.WAITING, State.DONE)) {
            queue.remove(own);
            return true;
        }
        try {
            List<Waiting<W>> group = take();
            if (!group.isEmpty()) {
                List<W> works = new ArrayList<>(group.size());
                for (Waiting<W> each : group) {
                    if (each.work != null) {
                        works.add(each.work);
                    }
                }
                worker.accept(works);
                for (Waiting<W> each : group) {
                    each.finish(own);
                }
            }
        } finally {
            release();
        }
        return false;
    }

    private List<Waiting<W>> take() {
        List<Waiting<W>> group = new ArrayList<>();
        Waiting<W> head = queue.peek();
        while (head != null && head.work != null && group.size() < GROUP) {
            queue.remove(head);
            if (head.state.compareAndSet(State.WAITING, State.TAKEN)) {
                group.add(head);
            }
            head = queue.peek();
        }
        return group;
    }

    /** Passes the turn on. */
    void release() {
        Waiting<W> head = queue.peek();
        if (head != null && head.work == null && head.state.compareAndSet(State.WAITING, State.DONE)) {
            queue.remove(head);
            LockSupport.unpark(head.thread);
            return;
        }
        turn.release();
        wakeNext();
    }

    private void wakeNext() {
        Waiting<W> head = queue.peek();
        if (head != null) {
            LockSupport.unpark(head.thread);
        }
    }

    /** How many wait; for tests. */
    int waiting() {
        return queue.size();
    }

    private enum State {
        WAITING,
        /** Somebody works on it. */
        TAKEN,
        DONE,
        /** Its thread gave up. */
        GONE
    }

    /** A thread and what it waits for. */
    private static final class Waiting<W> {
        /** Null when the turn itself is wanted. */
        final @Nullable W work;

        final Thread thread = Thread.currentThread();
        final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

        Waiting(@Nullable W work) {
            this.work = work;
        }

        boolean isDone() {
            return state.get() == State.DONE;
        }

        void finish(Waiting<W> leader) {
            state.set(State.DONE);
            if (this != leader) {
                LockSupport.unpark(thread);
            }
        }
    }
}
