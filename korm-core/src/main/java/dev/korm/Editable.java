package dev.korm;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations that change data. A change makes a new value and leaves the old one as it was; nothing is stored
 * before {@code create()} or {@code commit()}.
 *
 * @param <T> the type of the data
 * @param <R> the state that a change leads to
 */
public interface Editable<T, R> {
    /**
     * Sets one field to another value: {@code car.set(Car::registered, false)}.
     *
     * @throws ValueException when the value does not fit the field
     */
    <V> R set(Property<T, V> property, @Nullable V value);

    /**
     * Sets the value at a path. A path through a resolved reference changes the item that it names, which is then
     * committed along; an RN, a null or another reference at such a path replaces the reference.
     *
     * @throws PathException when there is no such field
     * @throws ValueException when the value does not fit
     * @throws QueryException when the path goes through a reference that is not resolved
     */
    R set(String path, @Nullable Object value);

    /** Works as {@link #set(String, Object)}. */
    R set(FieldPath path, @Nullable Object value);

    /**
     * Makes assignments, one after the other: {@code page.apply(add(Page::views, 1), append(Page::tags, "read"))}.
     *
     * @throws PathException when one is of no top-level field
     * @throws ValueException when a value does not fit its field, as a sum beyond what it can hold
     */
    R apply(Assignment... assignments);

    /** Replaces the data by what a function makes of it: {@code car.update(c -> c.withYear(2015))}. */
    R update(UnaryOperator<T> change);

    /**
     * Merges a change into the data, deeply: a map changes the members that it names and leaves the others, also in
     * nested records and in what resolved references name; everything else, lists and nulls among them, replaces the
     * present value.
     *
     * @throws PathException when there is no such field
     * @throws ValueException when a value does not fit
     */
    R patch(Map<String, ? extends @Nullable Object> change);
}
