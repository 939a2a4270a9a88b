package dev.korm;

/**
 * One change of a transaction: a {@link FloatingItem} to be created, an {@link UncommittedItem} to be committed, a
 * {@link Deletion}, a {@link dev.korm.relocate.Move}, or a {@link dev.korm.file.FileOperation}. Not for others to implement.
 *
 * @param <T> the type of the data
 */
public interface Change<T> {
    /** Returns the item or file that it changes. */
    Rn<T> rn();
}
