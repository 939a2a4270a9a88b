package dev.korm;

import java.util.List;

/**
 * Changes of several items that happen together or not at all, made by {@link Korm#tx}.
 *
 * <p>Can be persisted once.
 */
public interface Transaction {
    /**
     * Stores all of it, durably, in the order of the changes.
     *
     * @return the stored items, one for each change, in order; a deletion's is the item as it was
     * @throws ClosedException when it was persisted before
     * @throws ConfigurationException when the changes touch several layers or pools
     * @throws ReferencedException when a policy forbids a deletion; nothing is written
     * @throws ConflictException when an item was changed since it was read; nothing is written
     * @throws AlreadyExistsException when an id is taken; nothing is written
     * @throws DuplicateException when a unique value is taken; nothing is written
     * @throws StoreException when the store fails
     */
    List<Item<?>> persist();

    /** The same transaction, with the right to replace columns whose kind differs; see {@link UncommittedItem#destructive}. */
    Transaction destructive();
}
