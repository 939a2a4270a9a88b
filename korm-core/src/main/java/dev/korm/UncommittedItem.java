package dev.korm;

import dev.korm.schema.ColumnLoss;
import java.util.List;

/**
 * A stored item with changes that are not stored yet.
 *
 * <p>Immutable, safe for many threads.
 *
 * @param <T> the type of the data
 */
public interface UncommittedItem<T> extends Referenced<T>, Editable<T, UncommittedItem<T>>, Change<T> {
    /** Returns the item as it was before the changes. */
    Item<T> before();

    /** Returns the top-level fields that differ from what was read, in the order of the model. */
    List<String> changedFields();

    /**
     * Stores the fields that changed, durably and in one transaction with the changes of resolved references, and answers
     * the item as it is then.
     *
     * @throws ConflictException when the item, or a reference that is changed along, was changed since it was read; nothing
     *     is written
     * @throws NotFoundException when it was deleted
     * @throws DuplicateException when a unique value is taken
     * @throws SchemaException when a column exists with another kind
     * @throws StoreException when the store fails
     */
    Item<T> commit();

    /**
     * Counts what {@link #destructive} would lose: for each changed field whose column is of another kind, the items that have a value in it. Nothing is changed. Empty
     * where the change fits the columns as they are.
     */
    List<ColumnLoss> losses();

    /**
     * Returns the same change, with the right to replace columns whose kind differs from the field's. All values of
     * such a column are lost, in every item of the collection; {@link #losses} counts them before, and the log says so at WARN.
     */
    UncommittedItem<T> destructive();
}
