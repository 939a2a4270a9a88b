package dev.korm.jdbc;

import dev.korm.ClosedException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The connections that read. Opened when first needed, kept until the layer is closed, the one last used first, since its
 * statements and pages are the warmest. When all are in use, a caller waits for one for a bounded time.
 */
final class ReaderPool {
    private static final int ENOUGH_FOR_ALL = 1 << 20;

    private final String layer;
    private final Supplier<Session> opener;
    private final Duration timeout;
    private final int size;
    private final Semaphore permits;
    private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
    private final Set<Session> all = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ReaderPool(String layer, int size, Duration timeout, Supplier<Session> opener) {
        this.layer = layer;
        this.size = size;
        this.timeout = timeout;
        this.opener = opener;
        this.permits = new Semaphore(size);
    }

    Session acquire() {
        if (!permits.tryAcquire()) {
            await();
        }
        if (closed) {
            permits.release();
            throw new ClosedException("The layer " + layer + " was closed");
        }
        Session session = idle.pollFirst();
        return session == null ? open() : session;
    }

    private void await() {
        String why = "all " + size + " connections that read stayed in use for " + timeout
                + ". Streams that are open hold one each: close them early, best by try-with-resources, or allow more with"
                + " readers(…)";
        try {
            if (permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Reading on layer " + layer, Outcome.NOT_APPLIED, e);
        }
        throw new StoreBusyException(layer, "Reading failed on layer " + layer + ": " + why, Outcome.NOT_APPLIED, null);
    }

    private Session open() {
        boolean opened = false;
        try {
            Session session = opener.get();
            all.add(session);
            opened = true;
            return session;
        } finally {
            if (!opened) {
                permits.release();
            }
        }
    }

    void release(Session session) {
        try {
            if (closed || session.isBroken()) {
                close(session);
            } else {
                idle.addFirst(session);
                if (closed && idle.remove(session)) {
                    close(session);
                }
            }
        } finally {
            permits.release();
        }
    }

    /** How many connections are open; for tests. */
    int opened() {
        return all.size();
    }

    /** Closes every connection; a statement that runs on one ends with an error. */
    void close() {
        closed = true;
        for (Session session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            close(session);
        }
        for (Session inUse : List.copyOf(all)) {
            try {
                // Its statements belong to another thread; the driver ends them with the connection.
                inUse.connection().close();
                all.remove(inUse);
            } catch (SQLException e) {
                // Nothing is lost with a connection that only read.
            }
        }
        permits.release(ENOUGH_FOR_ALL);
    }

    boolean isClosed() {
        return closed;
    }

    private void close(Session session) {
        all.remove(session);
        try {
            session.close();
        } catch (SQLException e) {
            // Nothing is lost with a connection that only read.
        }
    }
}
