package dev.korm.codec;

import dev.korm.crypto.Spot;
import dev.korm.spi.ColumnKind;
import org.jspecify.annotations.Nullable;

/** Values of documents in columns as they are. */
public final class DynamicForm {
    private DynamicForm() {}

    /**
     * A value of a document as a column holds it.
     *
     * @param spot the column of the item; null where no item is at hand
     */
    public static Object write(Object value, ColumnKind column, @Nullable Spot spot) {
        ColumnKind own = Dynamic.kind(value);
        if (column == ColumnKind.JSON && own != ColumnKind.JSON) {
            return Dynamic.json(value, spot);
        }
        if (!StoredForms.accepts(own, column)) {
            String wayOut = column == ColumnKind.ENCRYPTED
                    ? "; seal it with Encrypted.of(…), or hash it with Password.hash(…)"
                    : "";
            throw new Misfit(
                    Misfit.Fault.SCHEMA,
                    "its column is " + column + ", but the value is stored as " + own + wayOut,
                    null);
        }
        Object stored = Dynamic.stored(value, spot);
        if (stored instanceof String text && own != ColumnKind.JSON && own != ColumnKind.ENCRYPTED) {
            StorableText.check(text);
        }
        if (own == column) {
            return stored;
        }
        return column == ColumnKind.TEXT ? stored.toString() : StoredForms.fit(stored, column);
    }
}
