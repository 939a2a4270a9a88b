package dev.korm.engine.context;

import dev.korm.ClosedException;
import dev.korm.key.Rotation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The life of a pool: open until it is closed, once. Knows the work that ends before the layers do. Safe for many threads. */
public final class PoolLifecycle {
    private final Set<Rotation.Running> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final Map<Class<?>, Part> parts = new LinkedHashMap<>();

    private final AtomicBoolean closed = new AtomicBoolean();
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
        running.add(work);
        if (closed.get()) {
            work.close();
        }
    }

    /** Forgets what has ended by itself. */
    public void closed(Rotation.Running work) {
        running.remove(work);
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
            return kind.cast(parts.computeIfAbsent(kind, any -> made.get()));
        } finally {
            lock.unlock();
        }
    }

    /** Throws when the pool was closed, or the transaction has ended. */
    public void requireOpen() {
        if (outer != null) {
            outer.requireOpen();
            if (closed.get()) {
                throw new ClosedException(
                        "The transaction has ended, and what it gave out to read and write with, with it. Its items"
                                + " go on to work; for another transaction call pool.transaction(…) again");
            }
        } else if (closed.get()) {
            throw new ClosedException("The pool is closed; open a new one");
        }
    }

    /** Returns whether it was closed itself. */
    public boolean isClosed() {
        return closed.get();
    }

    /** Ends the work under way; false when the pool was closed before. */
    public boolean close() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        running.forEach(Rotation.Running::close);
        List<Part> ending;
        lock.lock();
        try {
            ending = new ArrayList<>(parts.values());
        } finally {
            lock.unlock();
        }
        ending.forEach(Part::close);
        return true;
    }
}
