package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.ColumnKind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Column values to be written, in the order of a list of columns that stands beside them. The values are of the classes
 * that {@link ColumnKind} names, or null.
 */
public final class Row {
    private final @Nullable Object[] values;

    private Row(@Nullable Object[] values) {
        this.values = values;
    }

    /** Returns a row of these values; the array becomes the row's own. */
    public static Row of(@Nullable Object... values) {
        return new Row(requireNonNull(values, "values"));
    }

    /** Returns the row with one value more at its end. */
    public Row with(@Nullable Object value) {
        @Nullable Object[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = value;
        return new Row(longer);
    }

    public int size() {
        return values.length;
    }

    public @Nullable Object get(int column) {
        return values[column];
    }

    /** Returns the values, for tests and for stores that keep them; null stands for null. */
    public List<@Nullable Object> values() {
        return Arrays.asList(values.clone());
    }

    /** Returns the number of values; never the values, which may be private. */
    @Override
    public String toString() {
        return "Row of " + values.length + " values";
    }
}
