package dev.korm.model;

import dev.korm.Rn;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.RowCursor;
import java.util.List;

/**
 * Makes items' data of rows. Prepared for one table as it is; safe for many threads.
 *
 * @param <T> the data
 */
public interface Decoder<T> {
    /** The columns to read, without key and revision. */
    List<ColumnShape> columns();

    /**
     * The data of the row at hand.
     *
     * @param first where the columns begin in the row
     * @param rn the item's name, for messages and for what is bound to it
     * @throws dev.korm.ValueException when a stored value does not fit its field; names field and RN
     */
    T decode(RowCursor row, int first, Rn<T> rn);
}
