package dev.korm.schema;

import static dev.korm.argument.NullArgumentException.requireElements;

import dev.korm.KormException;
import dev.korm.Rn;
import java.util.List;

/**
 * A conversion whose function does not take every value, or whose results a field does not take. Nothing was changed. Way out: correct the items that
 * {@link #items} names by the record that the field was of before, or the function.
 */
public final class ConversionException extends KormException {
    private static final long serialVersionUID = 1L;

    private final long failed;
    private final transient List<Rn<?>> items;

    /**
     * @param failed the number of items that cannot be converted
     * @param items the first of them
     */
    public ConversionException(String message, long failed, List<Rn<?>> items) {
        super(message);
        this.failed = failed;
        this.items = List.copyOf(requireElements(items, "items"));
    }

    /** Returns the number of items that cannot be converted. */
    public long failed() {
        return failed;
    }

    /** Returns the first of them, 100 at the most; none in an exception that was serialized. */
    public List<Rn<?>> items() {
        return items == null ? List.of() : items;
    }
}
