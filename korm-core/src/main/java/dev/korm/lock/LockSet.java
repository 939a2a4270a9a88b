package dev.korm.lock;

import java.util.List;

/** Locks that were acquired together, and are released together by closing this: the last first. Safe for many threads. */
public interface LockSet extends AutoCloseable {
    /** Returns the locks, each once, in the order in which they were acquired. */
    List<Lock> locks();

    /** Returns whether all of them are held; see {@link Lock#isHeld}. */
    boolean isHeld();

    /**
     * Has something run when one of them turns out to be lost, for each of them; see {@link Lock#onLost}.
     *
     * @return this
     */
    LockSet onLost(Runnable action);

    /** Releases all of them, in reverse. */
    @Override
    void close();
}
