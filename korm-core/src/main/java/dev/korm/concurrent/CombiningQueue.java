package dev.korm.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands one resource to one thread at a time, and lets the thread that has it do the work of those that wait (flat combining). So the cost of a
 * commit is shared, without a thread of its own and without a hand-off when nobody else is there. Safe for many threads.
 *
 * <p><b>Who owns what.</b> The turn is a {@link Grant}; {@link #holder} names the last one, and the turn is free when that is over. The group that is
 * being worked on belongs to whoever has the turn. An entry belongs to its thread, which waits until it is DONE; its state alone is changed by others.
 *
 * <p><b>Order.</b> Work is queued in order of arrival. Whoever gets the turn takes what is queued, at the most {@value #GROUP} pieces, up to
 * the first that wants the turn for itself, and his own piece wherever it stands. Each thread that waits has one entry, so the queue is
 * as long as there are threads.
 *
 * <p><b>States of an entry.</b> WAITING → TAKEN by the thread that has the turn → DONE. A piece that is still undecided when its
 * group has ended goes back to WAITING, and from then on its own thread does it alone. WAITING → GONE when its thread gives up, which it cannot
 * once the piece is TAKEN: that is done without fail.
 *
 * <p><b>A thread may fail anywhere</b>, since each call can end in a {@link StackOverflowError} or an {@link OutOfMemoryError}. So the
 * turn is given back by an assignment ({@link Grant#over}), which can do neither; a group is noted before it is touched, and
 * the next with the turn first settles one that it finds; and who waits looks now and then by itself, in case nobody woke it.
 */
public final class CombiningQueue<W> {
    public static final int GROUP = 256;

    /** How long a thread sleeps before it looks whether somebody failed without waking it. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

    private final Queue<Waiting<W>> queue = new ConcurrentLinkedQueue<>();

    /** Who has the turn, or had it last. */
    private final AtomicReference<@Nullable Grant> holder = new AtomicReference<>();

    private final Worker<W> worker;

    /** What is being worked on. Of whoever has the turn. */
    private volatile @Nullable List<Waiting<W>> group;

    /** Does the work. Called by one thread at a time, the one that has the turn. */
    public interface Worker<W> {
        /** Does a group of work. What this leaves undecided, unless it is alone, is done again: each piece by its own thread. */
        void work(List<W> group);

        /**
         * Sees to what another thread left in the middle of its work. Decides only what cannot be done again.
         *
         * @param left what that thread was working on
         */
        void settle(List<W> left);

        /** Returns whether it is known what came of a piece of work. */
        boolean isDecided(W work);
    }

    /** The turn, from when it was granted until it is over. */
    public static final class Grant {
        /** Ends it. Assigned by who has it, then {@link CombiningQueue#passOn} is called. */
        public volatile boolean over;
    }

    public CombiningQueue(Worker<W> worker) {
        this.worker = worker;
    }

    /**
     * Returns when the work was done, by this thread or another. False when its turn did not come in time, or the thread was
     * interrupted while it waited, and is marked so again; then it will not be done.
     */
    public boolean work(W work, long nanos) {
        Waiting<W> own = new Waiting<>(work);
        try {
            return await(own, nanos);
        } finally {
            own.grant.over = true;
            if (!own.isDone() || holder.get() == own.grant) {
                wakeNext();
            }
        }
    }

    /**
     * Takes the turn for this caller alone; null when it did not come in time, or the thread was interrupted while it waited, and
     * is marked so again. Any thread may end it.
     */
    public @Nullable Grant acquire(long nanos) {
        Waiting<W> own = new Waiting<>(null);
        boolean granted = false;
        try {
            granted = await(own, nanos);
        } finally {
            if (!granted) {
                own.grant.over = true;
                wakeNext();
            }
        }
        return granted ? own.grant : null;
    }

    /** Wakes who comes next after a grant that is over. */
    public void passOn(Grant ended) {
        if (holder.get() == ended) {
            wakeNext();
        }
    }

    private boolean await(Waiting<W> own, long nanos) {
        if (queue.isEmpty() && take(own)) {
            return lead(own);
        }
        long deadline = System.nanoTime() + nanos;
        boolean renewed = false;
        boolean interrupted = false;
        try {
            queue.add(own);
            while (!own.isDone()) {
                if (mayLead(own) && take(own)) {
                    return lead(own);
                }
                if (own.alone && !renewed) {
                    deadline = System.nanoTime() + nanos;
                    renewed = true;
                }
                long left = deadline - System.nanoTime();
                interrupted |= Thread.interrupted();
                // Work that was taken is done without fail.
                if ((left <= 0 || interrupted) && own.state.compareAndSet(State.WAITING, State.GONE)) {
                    queue.remove(own);
                    return false;
                }
                LockSupport.parkNanos(this, left <= 0 ? LOOK : Math.min(left, LOOK));
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether it is for this thread to take the turn when that is free. */
    private boolean mayLead(Waiting<W> own) {
        if (own.alone || own.state.get() == State.TAKEN) {
            // Where the turn is free, somebody has left what was taken.
            return true;
        }
        Waiting<W> head = head();
        return head == own || (head != null && head.isShared() && own.isShared());
    }

    private boolean take(Waiting<W> own) {
        Grant last = holder.get();
        return (last == null || last.over) && holder.compareAndSet(last, own.grant);
    }

    /** Does, with the turn in hand, what is to be done, or leaves the turn to the caller who asked for just that. */
    private boolean lead(Waiting<W> own) {
        List<Waiting<W>> left = group;
        if (left != null) {
            worker.settle(works(left));
            finish(left);
        }
        if (own.work == null) {
            own.state.set(State.DONE);
            queue.remove(own);
            return true;
        }
        while (!own.isDone()) {
            List<Waiting<W>> taken = new ArrayList<>();
            group = taken;
            take(own, taken);
            worker.work(works(taken));
            if (taken.size() == 1 && !worker.isDecided(own.work)) {
                throw new IllegalStateException("A piece of work was left undecided");
            }
            finish(taken);
        }
        return true;
    }

    /** Takes what can be done together with the thread's own piece, and that. */
    private void take(Waiting<W> own, List<Waiting<W>> taken) {
        Waiting<W> head = own.alone ? null : head();
        while (head != null && head.isShared() && taken.size() < GROUP) {
            add(head, taken);
            head = head();
        }
        if (own.state.get() == State.WAITING) {
            add(own, taken);
        }
    }

    private void add(Waiting<W> each, List<Waiting<W>> taken) {
        taken.add(each);
        if (!each.state.compareAndSet(State.WAITING, State.TAKEN)) {
            taken.remove(taken.size() - 1);
        }
        queue.remove(each);
    }

    private static <W> List<W> works(List<Waiting<W>> group) {
        List<W> works = new ArrayList<>(group.size());
        for (Waiting<W> each : group) {
            if (each.work != null && each.state.get() == State.TAKEN) {
                works.add(each.work);
            }
        }
        return works;
    }

    /** Tells everyone who waits what came of it; or that it is for him to do it alone. */
    private void finish(List<Waiting<W>> ended) {
        for (Waiting<W> each : ended) {
            if (each.work == null || each.state.get() != State.TAKEN) {
                continue;
            }
            if (each.grant.over || worker.isDecided(each.work)) {
                each.state.set(State.DONE);
            } else {
                each.alone = true;
                each.state.set(State.WAITING);
                queue.add(each);
            }
            if (each.thread != Thread.currentThread()) {
                LockSupport.unpark(each.thread);
            }
        }
        group = null;
    }

    /** Returns the first that waits. */
    private @Nullable Waiting<W> head() {
        Waiting<W> head = queue.peek();
        while (head != null && (head.grant.over || head.state.get() != State.WAITING)) {
            queue.remove(head);
            head = queue.peek();
        }
        return head;
    }

    private void wakeNext() {
        Waiting<W> head = head();
        if (head != null) {
            LockSupport.unpark(head.thread);
        }
    }

    /** Returns how many wait; for tests. */
    public int waiting() {
        return queue.size();
    }

    private enum State {
        WAITING,
        TAKEN,
        DONE,
        GONE
    }

    /** A thread and what it waits for. */
    private static final class Waiting<W> {
        /** Null when the turn itself is wanted. */
        final @Nullable W work;

        final Thread thread = Thread.currentThread();
        final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

        /** The turn, once this thread has it. Over when the thread has left, with the turn or without. */
        final Grant grant = new Grant();

        /** Nobody else does the work, and nothing is done together with it. */
        volatile boolean alone;

        Waiting(@Nullable W work) {
            this.work = work;
        }

        boolean isShared() {
            return work != null && !alone;
        }

        boolean isDone() {
            return state.get() == State.DONE;
        }
    }
}
