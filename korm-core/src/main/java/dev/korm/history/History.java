package dev.korm.history;

import dev.korm.Document;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The history of a pool that was made with {@link dev.korm.PoolBuilder#withHistory}. Safe for many threads.
 *
 * <pre>{@code
 * pool.history().by("fred").because("sold").run(() -> car.set(Car::owner, wilma.rn()).commit());
 * String sale = cars.history(car.rn()).newest(1).get(0).transaction().orElseThrow();
 * pool.history().undo(sale);
 * }</pre>
 */
public interface History {
    /**
     * Returns the moment since when the history of a layer is complete: its first opening with history, or the last purge.
     *
     * @throws HistoryException when the layer has no history
     */
    Instant beginning(String layer);

    /** Returns what a transaction made, in all layers, in no particular order; empty when there is no such transaction. */
    List<Version<Document>> transaction(String id);

    /**
     * Undoes a transaction by a new one, all or nothing, also over several layers: what it created is deleted, what it changed is as it was
     * before, what it deleted is created anew. Nothing that came later is overwritten.
     *
     * @param transaction an id from {@link Version#transaction}
     * @return the new transaction
     * @throws UndoRefusedException when one of the items was changed since, when something refers to an item that would be deleted, when a
     *     unique value was taken meanwhile, when a version or the bytes of a file are gone, when the transaction is from before the beginning of a
     *     history, where some of it may have been purged, or of a layer that the pool does not have; nothing is written then
     * @throws dev.korm.ConfigurationException when the thread is within a transaction; an undo is one of its own
     * @throws HistoryException when there is no such transaction
     */
    Undone undo(String transaction);

    /** Says who makes the changes of a call. */
    Author by(String actor);

    /** Begins to delete versions that were replaced so long ago. */
    Purge olderThan(Duration age);

    /** Begins to delete versions that were replaced before a moment. */
    Purge before(Instant moment);
}
