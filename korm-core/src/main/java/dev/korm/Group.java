package dev.korm;

import java.util.Optional;

/** One group of a {@link Grouping}. */
public interface Group {
    /**
     * Returns the value that its items share in a field; empty for those without one.
     *
     * @param path as given to {@code groupBy}
     * @throws QueryException when the items were not grouped by it
     */
    Optional<Object> key(String path);

    /** Returns {@link #key(String)} as text; empty text without a value. */
    String text(String path);

    /**
     * Returns an aggregate; empty when no item has a value.
     *
     * @throws QueryException when it was not selected
     */
    Optional<Object> get(Aggregate aggregate);

    /** Returns a aggregate that is a number; 0 when no item has a value. */
    Number number(Aggregate aggregate);

    /** Returns the number of items; needs {@link Aggregate#count()} among the aggregates. */
    long count();
}
