package dev.korm.spi.backup;

import dev.korm.spi.Layer;

/**
 * The exclusion of others from a pool for as long as a restore takes: of other restores, of backups by schedule, and of everybody who wants the lock of an item. Where the pool shares its locks,
 * it holds among all programs that share them; otherwise within the pool. For one thread.
 */
public interface Exclusion extends AutoCloseable {
    /**
     * Checks that others are kept out still; asks no store.
     *
     * @throws dev.korm.lock.LockLostException when the program was stopped for so long that others may have begun
     */
    void require();

    /**
     * Checks that, and that nobody has got the lock of an item in the moment in which the exclusion began.
     *
     * @throws dev.korm.lock.LockLostException when the program was stopped for so long that others may have begun
     * @throws dev.korm.lock.LockTimeoutException when somebody has the lock of an item
     */
    void requireNobody();

    /** Returns a layer that writes to another one as long as others are kept out, which its store checks in the transaction of each batch. */
    Layer held(Layer layer);

    /** Lets others in again. */
    @Override
    void close();
}
