package dev.korm;

import dev.korm.lock.Lock;
import dev.korm.schema.ColumnLoss;
import java.util.List;

/**
 * Changes of several items and files that happen together or not at all, made by {@link Korm#tx}: also those of several layers, where the pool has a journal. Files of any depots need none.
 *
 * <p>Can be persisted once.
 */
public interface Transaction {
    /**
     * Stores all of it, durably, in the order of the changes.
     *
     * @return the stored items, one for each change of an item, in order; a deletion's is the item as it was. Files that are members by themselves are not among them
     * @throws ClosedException when it was persisted before
     * @throws ConfigurationException when the changes touch several pools, or several layers of a pool without a journal; see {@link
     *     PoolBuilder#withWal}
     * @throws ReferencedException when a policy forbids a deletion; nothing is written
     * @throws ConflictException when an item was changed since it was read; nothing is written
     * @throws AlreadyExistsException when an id is taken; nothing is written
     * @throws DuplicateException when a unique value is taken; nothing is written
     * @throws dev.korm.depot.FileExistsException when a file that is to be created is there; nothing is written
     * @throws dev.korm.depot.DepotException when a depot fails; its outcome is about the whole change. {@link StoreException.Outcome#UNKNOWN}: the items are stored, and the next
     *     opening or {@link Pool#sweep} brings the files about
     * @throws StoreException when the store fails; its outcome is about all layers
     * @throws dev.korm.recovery.JournalException when the journal fails; nothing is written
     * @throws dev.korm.recovery.IncompleteChangeException when the change was decided and one of its layers does not answer; it is finished later
     */
    List<Item<?>> persist();

    /** Returns the same transaction, made by somebody; kept where the pool keeps {@linkplain PoolBuilder#withHistory history}. */
    Transaction by(String actor);

    /** Returns the same transaction, with the reason for it; kept where the pool keeps {@linkplain PoolBuilder#withHistory history}. */
    Transaction because(String reason);

    /**
     * Returns the same transaction, held to locks: when one of them was lost or closed, it is refused with {@link dev.korm.lock.LockLostException}, and nothing is
     * written. Each store that knows the lock checks that in the same transaction. The shared locks of the items that it writes are checked without being named here; this is for
     * locks of names, and of other items.
     *
     * @param locks of the transaction's pool
     */
    Transaction fencedBy(Lock... locks);

    /** Counts what {@link #destructive} would lose; see {@link UncommittedItem#losses}. Nothing is changed. */
    List<ColumnLoss> losses();

    /**
     * Returns the same transaction, with the right to replace columns whose kind differs; see {@link
     * UncommittedItem#destructive}.
     */
    Transaction destructive();
}
