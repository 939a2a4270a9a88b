package dev.korm;

/**
 * An item that is not stored yet. It has its name already, so others can refer to it.
 *
 * <p>Immutable, safe for many threads.
 *
 * @param <T> the type of the data
 */
public interface FloatingItem<T> extends Referenced<T>, Editable<T, FloatingItem<T>>, Change<T> {
    /**
     * Stores it, durably, and makes its table or columns where they are missing.
     *
     * @throws AlreadyExistsException when an item of this id is stored
     * @throws DuplicateException when a unique value is taken
     * @throws SchemaException when a column exists with another kind
     * @throws StoreException when the store fails
     */
    Item<T> create();

    /**
     * Returns the same item under another name, to store it with an id chosen elsewhere.
     *
     * @throws QueryException when the RN names another collection
     */
    FloatingItem<T> withRn(Rn<T> rn);
}
