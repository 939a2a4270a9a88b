package dev.korm.spi.journal;

import java.util.List;

/**
 * A durable log of one run of a pool, and of those before it. Safe for many threads.
 *
 * <p>A <em>run</em> is a pool from its opening until its process ends. Several runs, of several processes, may share one place; each appends to a log
 * of its own. The log of a run that is over is taken by the next that opens, or by none.
 */
public interface Journal extends AutoCloseable {
    /** Returns the id of this run, which no other run has or had: 16 lower-case hex digits. */
    String run();

    /**
     * Appends entries and returns when all of them are durable. Threads that append at the same time share a sync.
     *
     * @throws dev.korm.recovery.JournalException when that failed: the entries may be found by a later run, or not. The journal then takes nothing
     *     more, since what a failed sync has kept is not known; the pool has to be opened anew
     * @throws dev.korm.OperationInterruptedException when the thread was interrupted before anything was written
     */
    void append(List<JournalEntry> entries);

    /**
     * Takes the logs of runs that are over, and reads what is unfinished in them. May be asked again, for runs that have ended since.
     *
     * @throws dev.korm.recovery.JournalException when a log is damaged anywhere but at its torn end
     */
    UnfinishedEntries unfinished();

    /** Ends it. What was appended is durable. Twice is fine. */
    @Override
    void close();
}
