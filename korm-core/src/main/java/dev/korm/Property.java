package dev.korm;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A field of a record, named by its accessor: {@code Car::year}. Only method references to accessors are understood;
 * {@link FieldPath#of} refuses lambdas with a body.
 *
 * @param <T> the record
 * @param <V> the field's type
 */
@FunctionalInterface
public interface Property<T, V> extends Serializable {
    /** Returns the field's value. */
    @Nullable V of(T record);
}
