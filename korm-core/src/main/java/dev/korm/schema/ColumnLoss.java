package dev.korm.schema;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.UncommittedItem;

/**
 * The values that a change would lose for good if it were {@linkplain UncommittedItem#destructive destructive}: those of a column whose type no longer fits.
 *
 * @param collection whose items have the values
 * @param field the name of the column
 * @param values the number of items with a value
 */
public record ColumnLoss(Rn<?> collection, String field, long values) {
    public ColumnLoss {
        requireNonNull(collection, "collection");
        requireNonNull(field, "field");
    }

    /** Returns a sentence such as {@code 1204 values of code in [rn]:shop:item:*}. */
    @Override
    public String toString() {
        return values + (values == 1 ? " value of " : " values of ") + field + " in " + collection;
    }
}
