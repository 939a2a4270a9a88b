package dev.korm;

import java.util.Map;
import java.util.Optional;

/**
 * An item that was deleted, with the data it had.
 *
 * @param <T> the type of the data
 */
public interface DeletedItem<T> extends Referenced<T> {
    /**
     * Returns how many items were deleted along with it, because their references to it have the policy {@link
     * DeletePolicy#CASCADE}: by the RN of their collection.
     */
    Map<Rn<?>, Long> cascaded();

    /**
     * Returns the id of the transaction that deleted it, by which {@link dev.korm.history.History#undo} brings it back with all that went along; empty where the pool keeps no
     * history, and within a transaction, which has its id when it is committed.
     */
    Optional<String> transaction();

    /**
     * Stores it again under the same name, with a revision above the one it had, and with all that its row held, also in columns that
     * the record does not know; one that another program added is known of within a second. What the database generates it makes
     * anew. What went along, and references that were taken back, do not come again.
     *
     * @throws AlreadyExistsException when it was restored or created since
     * @throws ClosedException after {@link #destroy}
     */
    Item<T> restore();

    /** Gives up the data; it cannot be restored afterwards. Twice is fine. */
    void destroy();
}
