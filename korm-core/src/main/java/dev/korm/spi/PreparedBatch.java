package dev.korm.spi;

/**
 * A batch that was executed in a transaction which is still open. Others see nothing of it until {@link #commit}. May be
 * finished by another thread than the one that prepared it. Closing it unfinished rolls back.
 */
public interface PreparedBatch extends AutoCloseable {
    /** Returns the result of the batch; when refused the transaction is already rolled back. */
    BatchResult result();

    /**
     * Makes it durable.
     *
     * @throws dev.korm.StoreException when it failed, or may have failed
     */
    void commit();

    void rollback();

    @Override
    void close();
}
