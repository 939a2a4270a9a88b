package dev.korm.spi.journal;

/** A place where a pool's journal is, such as {@code Wal.at(path)}. */
public interface JournalSource {
    /** Returns the place in words, for messages; without passwords. */
    String description();

    /** Returns the identity of the journal, for the pool's metadata. A source that does not say so is known as a journal, wherever it is. */
    default JournalDescription identity() {
        return JournalDescription.of("other");
    }

    /** Returns whether a pool with this journal keeps the history of its items, as if {@link dev.korm.PoolBuilder#withHistory} had been called. */
    default boolean keepsHistory() {
        return false;
    }

    /**
     * Returns whether a pool with this journal keeps, with the history of its items, the bytes that files had, so that an undo brings them back too. Such a pool has to keep a history.
     */
    default boolean recordsFiles() {
        return false;
    }

    /**
     * Opens the journal for one run of a pool.
     *
     * @throws dev.korm.recovery.JournalException when the place cannot be read or written, or holds what is no journal
     */
    Journal open(JournalContext context);
}
