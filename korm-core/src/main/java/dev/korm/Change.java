package dev.korm;

/**
 * One change of a transaction: a {@link FloatingItem} to be created, an {@link UncommittedItem} to be committed, or a
 * {@link Deletion}. Not for others to implement.
 *
 * @param <T> the type of the data
 */
public interface Change<T> {
    /** Returns the item that it changes. */
    Rn<T> rn();
}
