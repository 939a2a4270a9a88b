package dev.korm.spi;

import dev.korm.spi.query.Selection;

/** One moment of a layer, for many selections. What is committed later is not seen. For one thread at a time. */
public interface Snapshot extends AutoCloseable {
    /** Runs a selection as {@link Layer#select} does. */
    RowCursor select(Selection selection);

    /** Gives back what keeps the moment; open cursors are ended too. Twice is fine. */
    @Override
    void close();
}
