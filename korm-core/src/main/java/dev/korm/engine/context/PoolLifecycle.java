package dev.korm.engine.context;

import dev.korm.ClosedException;
import dev.korm.key.Rotation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The life of a pool: open until it is closed, once. Knows the work that ends before the layers do. Safe for many threads. */
public final class PoolLifecycle {
    private final Set<Rotation.Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

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

    /** Throws when the pool was closed. */
    public void requireOpen() {
        if (closed.get()) {
            throw new ClosedException("The pool is closed; open a new one");
        }
    }

    /** Ends the work under way; false when the pool was closed before. */
    public boolean close() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        running.forEach(Rotation.Running::close);
        return true;
    }
}
