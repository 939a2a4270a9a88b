package dev.korm.engine.item;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.PoolTransaction;
import dev.korm.Rn;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The operations that an item's states need from their pool. */
public interface ItemStore {
    /** Returns the view of the pool that calls of this thread have: the one of the transaction that it is within, or the pool itself. */
    default PoolContext seen(PoolContext pool) {
        return pool;
    }

    /** Has calls of this thread that are given to the pool see it through a transaction, until the scope is closed. */
    default PoolTransaction.Scope enter(PoolContext transaction) {
        throw new ConfigurationException("Only the items of a pool itself take part in a transaction");
    }

    /**
     * Checks that an item is one that is, or was, stored as it says.
     *
     * @throws dev.korm.ConflictException when a transaction gave it out that did not store it so
     * @throws dev.korm.NotFoundException when that has created it
     */
    default void requireKept(StoredItem<?> item) {}

    /** Stores the change of one item, and answers with the item as it is then. */
    <T> Item<T> store(Change<T> change);

    /** Deletes an item, with what its deletion does to others. */
    <T> DeletedItem<T> delete(StoredItem<T> item);

    /** Stores an item anew that was deleted, with what else its row held. */
    <T> Item<T> restore(StoredItem<T> item, OtherColumns others);

    /** Reads an item as it is now. */
    <T> Item<T> reload(CollectionHandle<T> home, Rn<T> rn);

    /** Reads an item, if there is one. */
    <T> Optional<StoredItem<T>> find(CollectionHandle<T> home, Rn<T> rn);

    /** Reads the items of these ids that exist, by id. */
    <T> Map<String, StoredItem<T>> find(CollectionHandle<T> home, Collection<String> ids);
}
