package dev.korm.model;

import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.schema.ColumnSchema;
import org.jspecify.annotations.Nullable;

/** The treatment of a value for a column that only the database writes. */
enum Generated {
    /** It is an error, since it would not be stored. */
    REFUSED,
    /** It was read from such a column, and comes again by itself. */
    LEFT_OUT;

    /** Checks that a value can be left out. */
    void leaveOut(@Nullable Object value) {
        if (this == REFUSED && value != null) {
            throw new TypeMismatch("the database computes its column; leave the field null");
        }
    }

    /**
     * Checks that what the database fills in needs no fingerprint, which only korm can make. What is stored again brings its own along.
     */
    void requireUnkept(ColumnSchema column, boolean isUnique) {
        if (this == REFUSED && isUnique) {
            throw new TypeMismatch(
                    "it is unique, and the column " + column.name()
                            + " would be filled in by the database, whose value would have no fingerprint; give the field a value");
        }
    }
}
