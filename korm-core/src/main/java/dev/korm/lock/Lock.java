package dev.korm.lock;

/**
 * A lock that was acquired. Close it, by {@code try}-with-resources; any thread may. Safe for many threads.
 *
 * <p>A lock that is shared with other programs is a lease, which the pool renews. Where it cannot for as long as the lease lasts, since the program was stopped
 * or the store did not answer, the lock is lost, and others may have it. From then on until the lock is closed, this pool refuses every write of its item.
 */
public interface Lock extends AutoCloseable {
    /** Returns the lock's name: an item's RN, with its layer, or what {@link LockName} says. */
    String name();

    /**
     * Returns the fencing token: whoever acquires the same lock later gets a higher one. A store that is told the token with each write, and refuses one
     * lower than it has seen, is safe from writes that come late.
     */
    long token();

    /** Returns whether it is held: not closed, and not lost as far as this program knows. It may be lost a moment later. */
    boolean isHeld();

    /**
     * Checks that it is held.
     *
     * @throws LockLostException when it was lost or closed
     */
    void requireHeld();

    /**
     * Has something run when the lock turns out to be lost, once, on a thread of korm's; at once where it is lost already. It should return soon, and tell others to
     * stop rather than stop them. Not run when the lock or the pool is closed.
     *
     * @return this
     */
    Lock onLost(Runnable action);

    /**
     * Releases it. Twice is fine, and so is a thread that is interrupted. Where the store cannot be told, that is logged, and others get the lock when the
     * lease is over.
     */
    @Override
    void close();
}
