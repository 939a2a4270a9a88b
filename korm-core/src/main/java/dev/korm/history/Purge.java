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
     * Does it, in every layer of the pool.
     *
     * @return how far it has come, which is to the end
     */
    PurgeProgress run();
}
