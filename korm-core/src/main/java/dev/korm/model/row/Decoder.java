package dev.korm.model.row;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.crypto.LayerSealer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes items' data of rows. Prepared for one table as it is; safe for many threads.
 *
 * @param <T> the data
 */
public interface Decoder<T> {
    /** Returns the columns to read, without key and revision. */
    List<ColumnSchema> columns();

    /**
     * Returns the data of the row at hand.
     *
     * @param first where the columns begin in the row
     * @param rn the item's name, for messages and for what is bound to it
     * @throws dev.korm.ValueException when a stored value does not fit its field; names field and RN
     */
    default T decode(RowCursor row, int first, Rn<T> rn) {
        return decode(row, first, rn, null);
    }

    /**
     * Works as {@link #decode(RowCursor, int, Rn)}.
     *
     * @param seals opens the item's secrets when they are revealed; null leaves them closed for ever
     */
    T decode(RowCursor row, int first, Rn<T> rn, @Nullable LayerSealer seals);

    /** Works as {@link #decode(RowCursor, int, Rn, LayerSealer)}; fields that are references themselves may be given others that name the same. */
    default T decode(
            RowCursor row, int first, Rn<T> rn, @Nullable LayerSealer seals, @Nullable FieldReferences references) {
        return decode(row, first, rn, seals);
    }

    /**
     * Works as {@link #decode(RowCursor, int, Rn, LayerSealer)}, with other values of some top-level fields, whatever is stored of these. Only records have fields of which
     * something is stored that cannot be read.
     *
     * @throws dev.korm.PathException when a path is no top-level field
     * @throws dev.korm.ValueException also when a field has no such value
     */
    default T decode(
            RowCursor row,
            int first,
            Rn<T> rn,
            @Nullable LayerSealer seals,
            Map<FieldPath, ? extends @Nullable Object> instead) {
        return decode(row, first, rn, seals);
    }
}
