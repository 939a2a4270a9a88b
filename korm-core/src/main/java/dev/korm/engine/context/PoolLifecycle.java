package dev.korm.engine.context;

import dev.korm.ClosedException;
import dev.korm.key.Rotation;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The life of a pool: open until it is closed, once. Knows the work that ends before the layers do. Safe for many threads. */
public final class PoolLifecycle {
    private final ReentrantLock lock = new ReentrantLock();

    /** Made when there is some, which a transaction seldom has. Guarded by the lock. */
    private Set<Rotation.Running> running = Set.of();

    /** Guarded by the lock. */
    private Map<Class<?>, Part> parts = Map.of();

    /** Written under the lock. */
    private volatile boolean closed;

    private final @Nullable PoolLifecycle outer;

    public PoolLifecycle() {
        this(null);
    }

    private PoolLifecycle(@Nullable PoolLifecycle outer) {
        this.outer = outer;
    }

    /** Returns the life of a transaction in the pool. */
    public PoolLifecycle ofTransaction() {
        return new PoolLifecycle(this);
    }

    /** Has something ended before the layers are. */
    public void closeFirst(Rotation.Running work) {
        boolean late;
        lock.lock();
        try {
            if (running.isEmpty()) {
                running = new LinkedHashSet<>();
            }
            running.add(work);
            late = closed;
        } finally {
            lock.unlock();
        }
        if (late) {
            work.close();
        }
    }

    /** Forgets what has ended by itself. */
    public void closed(Rotation.Running work) {
        lock.lock();
        try {
            if (!running.isEmpty()) {
                running.remove(work);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A part of a pool that a room above keeps in it. */
    public interface Part {
        /** Ends it, before the layers are. */
        void close();
    }

    /** Returns the part of a kind, made when it is first asked for. */
    public <P extends Part> P part(Class<P> kind, Supplier<P> made) {
        lock.lock();
        try {
            requireOpen();
            if (parts.isEmpty()) {
                parts = new LinkedHashMap<>();
            }
            return kind.cast(parts.computeIfAbsent(kind, any -> made.get()));
        } finally {
            lock.unlock();
        }
    }

    /** Throws when the pool was closed, or the transaction has ended. */
    public void requireOpen() {
        if (outer != null) {
            outer.requireOpen();
            if (closed) {
                throw new ClosedException(
                        "The transaction has ended, and what it gave out to read and write with, with it. Its items"
                                + " go on to work; for another transaction call pool.transaction(…) again");
            }
        } else if (closed) {
            throw new ClosedException("The pool is closed; open a new one");
        }
    }

    /** Returns whether it was closed itself. */
    public boolean isClosed() {
        return closed;
    }

    /** Ends the work under way; false when the pool was closed before. */
    public boolean close() {
        Set<Rotation.Running> working;
        Map<Class<?>, Part> ending;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            working = running;
            running = Set.of();
            ending = parts;
            parts = Map.of();
        } finally {
            lock.unlock();
        }
        // Nothing but this has them any more; what comes later is ended by those who bring it.
        if (!working.isEmpty()) {
            working.forEach(Rotation.Running::close);
        }
        if (!ending.isEmpty()) {
            ending.values().forEach(Part::close);
        }
        return true;
    }
}
