package dev.korm.model.row;

import dev.korm.Rn;
import org.jspecify.annotations.Nullable;

/**
 * The references that fields of rows are given, by whoever reads along what they name. A text that comes again is known and need not be read. For one thread.
 */
public interface FieldReferences {
    /**
     * Returns the reference that a stored text became before; null where it is new, or nobody wants to know of the field.
     *
     * @param field its index among the fields of the record
     */
    @Nullable Rn<?> known(int field, String text);

    /** Returns what the field is given for a reference whose text is new: the same, or one that carries what it names. */
    Rn<?> met(int field, String text, Rn<?> rn);
}
