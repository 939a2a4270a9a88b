package dev.korm.deletion;

import dev.korm.Change;
import dev.korm.Item;

/**
 * The restoration of an item that was deleted and kept, as one change of a transaction.
 *
 * @param <T> the type of the data
 */
public interface Restoration<T> extends Change<T> {
    /** Returns the item as it was read, deleted. */
    Item<T> item();
}
