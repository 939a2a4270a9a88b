package dev.korm;

/**
 * The deletion of an item, as one change of a transaction.
 *
 * @param <T> the type of the data
 */
public interface Deletion<T> extends Change<T> {
    /** Returns the item as it was read. */
    Item<T> item();
}
