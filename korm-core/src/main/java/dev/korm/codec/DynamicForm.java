package dev.korm.codec;

import dev.korm.codec.JsonWriter.Texts;
import dev.korm.spi.ColumnKind;

/** Values of documents in columns as they are. */
public final class DynamicForm {
    private DynamicForm() {}

    /** A value of a document as a column holds it. */
    public static Object write(Object value, ColumnKind column) {
        ColumnKind own = Dynamic.kind(value);
        if (column == ColumnKind.JSON && own != ColumnKind.JSON) {
            return Dynamic.text(value, Texts.STORABLE);
        }
        if (!StoredForms.accepts(own, column)) {
            throw new Misfit(
                    Misfit.Fault.SCHEMA,
                    "its column is of kind " + column + ", and the value is stored as " + own,
                    null);
        }
        Object stored = Dynamic.stored(value);
        if (stored instanceof String text && own != ColumnKind.JSON) {
            StorableText.check(text);
        }
        if (own == column) {
            return stored;
        }
        return column == ColumnKind.TEXT ? stored.toString() : StoredForms.fit(stored, column);
    }
}
