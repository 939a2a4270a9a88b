package dev.korm;

/**
 * An item that was deleted, with the data it had.
 *
 * @param <T> the type of the data
 */
public interface DeletedItem<T> extends Referenced<T> {
    /**
     * Stores it again under the same name, with a revision above the one it had.
     *
     * @throws AlreadyExistsException when it was restored or created since
     * @throws ClosedException after {@link #destroy}
     */
    Item<T> restore();

    /** Gives up the data; it cannot be restored afterwards. Twice is fine. */
    void destroy();
}
