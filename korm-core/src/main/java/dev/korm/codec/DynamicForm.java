package dev.korm.codec;

import dev.korm.codec.json.StoredForms;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** Values of documents in columns as they are. */
public final class DynamicForm {
    private DynamicForm() {}

    /**
     * Returns a value of a document as a column holds it.
     *
     * @param location the column of the item; null where no item is at hand
     */
    public static Object write(Object value, ColumnKind column, @Nullable SecretLocation location) {
        ColumnKind own = DynamicValue.kind(value);
        if (column == ColumnKind.JSON && own != ColumnKind.JSON) {
            return DynamicValue.json(value, location);
        }
        if (!StoredForms.accepts(own, column)) {
            String wayOut = column == ColumnKind.ENCRYPTED
                    ? "; seal it with Encrypted.of(…), or hash it with Password.hash(…)"
                    : "";
            throw new TypeMismatch(
                    TypeMismatch.Fault.SCHEMA,
                    "its column is " + column + ", but the value is stored as " + own + wayOut,
                    null);
        }
        Object stored = DynamicValue.stored(value, location);
        if (stored instanceof String text && own != ColumnKind.JSON && own != ColumnKind.ENCRYPTED) {
            StorableText.check(text);
        }
        if (own == column) {
            return stored;
        }
        return column == ColumnKind.TEXT ? stored.toString() : StoredForms.fit(stored, column);
    }
}
