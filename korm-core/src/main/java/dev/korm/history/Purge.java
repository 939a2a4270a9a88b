package dev.korm.history;

import java.util.function.Consumer;

/**
 * A deletion of old versions: of those that were replaced before a moment, and of deletions before it. The version that an item had at the
 * moment stays, so reading as of any later moment is as exact as before. It goes through all versions in pages, in constant memory, and may be
 * interrupted and run again.
 *
 * <p>Immutable until it is run.
 */
public interface Purge {
    /** Tells how far it has come, after each page, in the thread that runs it. */
    Purge onProgress(Consumer<PurgeProgress> progress);

    /**
     * Ends each run after so many deletions at the most, as for one that is made every night and must not take all of it. The next run deletes the next ones.
     *
     * @throws dev.korm.QueryException when it is less than 1
     */
    Purge limit(long versions);

    /**
     * Does it, in every layer of the pool.
     *
     * @return how far it has come: to the end, unless a limit ended it before
     */
    PurgeProgress run();
}
