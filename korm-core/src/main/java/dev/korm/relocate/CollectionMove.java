package dev.korm.relocate;

import dev.korm.Change;

/**
 * The move of all items of a collection into another layer, as one change of a transaction; made by {@link Relocation#asChange}.
 * Items that are deleted and kept go along. It is read, and held in memory, when the transaction is persisted. What {@link Move}
 * says of an item holds for each of them.
 *
 * @param <T> the type of the items
 */
public interface CollectionMove<T> extends Change<T> {
    /** Returns the layer that it is moved to. */
    String layer();
}
