package dev.korm.jdbc.sqlite;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.session.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that read. Opened when first needed, kept until the layer is closed; those in the first places are used most, so
 * their statements and pages stay warm. When all are in use, a caller waits for one for a bounded time.
 *
 * <p><b>A thread may fail anywhere</b>, for want of stack or memory. So a lease is ended by an assignment ({@link Lease#over}), and who
 * waits looks now and then by itself, in case nobody woke it. A connection on which something unforeseen was thrown may still hold an
 * old snapshot: its lease is marked ({@link Lease#torn}), and the next one opens another connection.
 */
final class ReaderPool {
    /** How long a thread sleeps before it looks whether somebody failed without waking it. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

    private final String layer;
    private final Supplier<Session> opener;
    private final Duration timeout;

    /** The last lease of each place. */
    private final AtomicReferenceArray<@Nullable Lease> places;

    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** A session in use by one thread, from when it was taken until it is over. */
    static final class Lease {
        /** Null until it is opened. */
        private volatile @Nullable Session session;

        /** Of the lease before, and not to be used any more. */
        private @Nullable Session old;

        /** Set by who uses it, when something unforeseen was thrown on its connection. */
        volatile boolean torn;

        /** How often {@link ReaderPool#mark} met it. Assigned by who has the turn to write. */
        private volatile int marks;

        /** Ends it. Assigned by who uses it, then {@link ReaderPool#passOn} is called. */
        volatile boolean over;

        Session session() {
            Session open = session;
            if (open == null) {
                throw new IllegalStateException("The session is not open yet");
            }
            return open;
        }

        /** Returns whether it has outlasted the time between two marks. */
        boolean isHeld() {
            return marks > 1;
        }

        private boolean isBroken() {
            Session used = session;
            return used != null && (torn || used.isBroken());
        }

        /** Notes what a use of the session ended with. */
        void failed(Throwable failure) {
            if (!Session.isForeseen(failure)) {
                torn = true;
            }
        }
    }

    private static final class Waiting {
        final Thread thread = Thread.currentThread();

        volatile boolean gone;
    }

    ReaderPool(String layer, int size, Duration timeout, Supplier<Session> opener) {
        this.layer = layer;
        this.timeout = timeout;
        this.opener = opener;
        this.places = new AtomicReferenceArray<>(size);
    }

    Lease acquire() {
        Lease lease = take();
        if (lease == null) {
            lease = await();
        }
        boolean ready = false;
        try {
            open(lease);
            ready = true;
        } finally {
            if (!ready) {
                lease.over = true;
                passOn();
            }
        }
        return lease;
    }

    /** Returns a lease of the first free place; null where none is free. */
    private @Nullable Lease take() {
        for (int i = 0; i < places.length(); i++) {
            Lease last = places.get(i);
            if (last == null || last.over) {
                Lease next = new Lease();
                if (last != null && last.isBroken()) {
                    next.old = last.session;
                } else if (last != null) {
                    next.session = last.session;
                    next.old = last.old;
                }
                if (places.compareAndSet(i, last, next)) {
                    return next;
                }
            }
        }
        return null;
    }

    private Lease await() {
        long deadline = System.nanoTime() + timeout.toNanos();
        Waiting own = new Waiting();
        try {
            queue.add(own);
            while (true) {
                Lease lease = take();
                if (lease != null) {
                    return lease;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0 && !closed) {
                    throw new StoreBusyException(
                            layer,
                            "Reading failed on layer " + layer + ": all " + places.length()
                                    + " connections that read stayed in use for " + timeout
                                    + ". Streams that are open hold one each: close them early, best by try-with-resources, or"
                                    + " allow more with readers(…)",
                            Outcome.NOT_APPLIED,
                            null);
                }
                if (closed) {
                    throw closedLayer();
                }
                LockSupport.parkNanos(this, Math.min(left, LOOK));
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationInterruptedException("Reading on layer " + layer, Outcome.NOT_APPLIED, null);
                }
            }
        } finally {
            // An assignment alone: a call might fail and lose the lease.
            own.gone = true;
        }
    }

    private void open(Lease lease) {
        Session old = lease.old;
        if (old != null) {
            close(old);
            lease.old = null;
        }
        if (closed) {
            throw closedLayer();
        }
        if (lease.session == null) {
            Session opened = opener.get();
            lease.session = opened;
            if (closed) {
                close(opened);
                throw closedLayer();
            }
        }
    }

    private ClosedException closedLayer() {
        return new ClosedException("The layer " + layer + " was closed");
    }

    /** Wakes who waits longest, after a lease that is over. */
    void passOn() {
        Waiting head = queue.peek();
        while (head != null && head.gone) {
            queue.remove(head);
            head = queue.peek();
        }
        if (head != null) {
            LockSupport.unpark(head.thread);
        }
    }

    /** Marks the leases that are not over, and returns whether one of them was marked before. For one thread at a time. */
    boolean mark() {
        boolean held = false;
        for (int i = 0; i < places.length(); i++) {
            Lease lease = places.get(i);
            if (lease != null && !lease.over) {
                lease.marks = Math.min(2, lease.marks + 1);
                held |= lease.isHeld();
            }
        }
        return held;
    }

    /** Returns whether a lease that was marked twice is not over. */
    boolean isHeld() {
        for (int i = 0; i < places.length(); i++) {
            Lease lease = places.get(i);
            if (lease != null && lease.isHeld() && !lease.over) {
                return true;
            }
        }
        return false;
    }

    /** Returns how many connections are open; for tests. */
    int opened() {
        int open = 0;
        for (int i = 0; i < places.length(); i++) {
            Lease lease = places.get(i);
            Session session = lease == null ? null : lease.session;
            open += session != null && isOpen(session) ? 1 : 0;
        }
        return open;
    }

    private static boolean isOpen(Session session) {
        try {
            return !session.connection().isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    /** Closes every connection; a statement that runs on one ends with an error. */
    void close() {
        closed = true;
        for (int i = 0; i < places.length(); i++) {
            Lease lease = places.get(i);
            if (lease != null) {
                closeIfOpen(lease.session);
                closeIfOpen(lease.old);
            }
        }
        queue.forEach(waiting -> LockSupport.unpark(waiting.thread));
    }

    boolean isClosed() {
        return closed;
    }

    private static void closeIfOpen(@Nullable Session session) {
        if (session != null) {
            close(session);
        }
    }

    /**
     * Closes the connection only, since its session may be in use: the statements belong to another thread, and the
     * driver ends them with the connection.
     */
    private static void close(Session session) {
        try {
            SqliteHandle.cut(session.connection());
        } catch (SQLException | RuntimeException e) {
            // Nothing is lost with a connection that only read.
        }
    }
}
