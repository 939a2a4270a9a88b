package dev.korm.spi;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Rows as they come from a store, one at a time. Not safe for several threads; the thread that asked closes it, also
 * after an error. A cursor left open holds a connection.
 */
public interface RowCursor extends AutoCloseable {
    /**
     * Moves to the next row, at first to the first.
     *
     * @throws dev.korm.StoreException when the store fails on the way
     */
    boolean next();

    /**
     * Returns the value of a column of the row at hand, of the class that its {@link ColumnKind} names.
     *
     * @param column from 0, in the order of {@link Selection#outputs()}
     */
    @Nullable Object get(int column);

    @Override
    void close();
}
