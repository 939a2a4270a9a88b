package dev.korm;

/**
 * A field of a record that refers to an item, named by its accessor: {@code Car::owner}. See {@link Property}.
 *
 * @param <T> the record
 * @param <V> the type of the items that it refers to
 */
@FunctionalInterface
public interface Reference<T, V> extends Property<T, Rn<V>> {}
