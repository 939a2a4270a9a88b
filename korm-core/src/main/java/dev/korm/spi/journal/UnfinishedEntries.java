package dev.korm.spi.journal;

import java.util.Optional;
import java.util.Set;

/**
 * The last entries of changes that runs which are over have not finished, read one by one in bounded memory. For one thread.
 */
public interface UnfinishedEntries extends AutoCloseable {
    /** Returns the runs that are over, whether they left anything unfinished or not. */
    Set<String> runs();

    /** Returns the next entry, {@link JournalEntry.Kind#PREPARED} or {@link JournalEntry.Kind#QUARANTINED}; empty at the end. */
    Optional<JournalEntry> next();

    /**
     * Forgets the logs of these runs. Called when everything in them is settled, or was appended to the log of the present run; without this the next
     * run reads them again.
     */
    void forget();

    /** Leaves what was not forgotten to the next run. */
    @Override
    void close();
}
