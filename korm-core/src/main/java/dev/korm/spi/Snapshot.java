package dev.korm.spi;

import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.query.Selection;

/**
 * One moment of a layer, for many selections. What is committed later is not seen. For one thread at a time; several cursors may be open.
 *
 * <p>Whoever takes one closes it. Until then it may keep a connection, and the store keeps what it would else clean up: rows that
 * others have changed or deleted meanwhile, the write-ahead log of SQLite. So one that is forgotten holds all that until the layer is closed, or
 * until its deadline, where it was taken with one ({@link Layer#snapshot(java.time.Duration, Scheduler)}).
 * After an error of the store it answers no more; take another then.
 */
public interface Snapshot extends AutoCloseable {
    /** Runs a selection as {@link Layer#select} does. */
    RowCursor select(Selection selection);

    /**
     * Returns the moment as a position of the layer's feed: a feed from there tells of all that the snapshot does not see, and of nothing that it sees. A table
     * must be followed already.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#CHANGE_FEED} and {@link Capabilities.Feature#SNAPSHOTS}
     */
    default ChangeFeed.Position position() {
        throw new UnsupportedOperationException("The layer tells of no changes; see its capabilities");
    }

    /** Gives back what keeps the moment; open cursors are ended too. Twice is fine. */
    @Override
    void close();
}
