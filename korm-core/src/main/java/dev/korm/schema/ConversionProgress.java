package dev.korm.schema;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;

/**
 * The progress of a {@link Conversion}, reported after each batch of items.
 *
 * @param collection whose items are converted
 * @param field the name of the column
 * @param step what is being done
 * @param done how many items that step has seen
 * @param total how many items there were with a value at the beginning; others may add some meanwhile
 */
public record ConversionProgress(Rn<?> collection, String field, Step step, long done, long total) {
    /** A step of a conversion. */
    public enum Step {
        /** Each value is converted to see whether it can be; nothing is written. */
        CHECK,
        /** The converted values are written beside the old ones, where nobody reads them. */
        CONVERT
    }

    public ConversionProgress {
        requireNonNull(collection, "collection");
        requireNonNull(field, "field");
        requireNonNull(step, "step");
    }
}
