package dev.korm;

/**
 * An item, or a change of one, that an {@link Rn} can carry.
 *
 * @param <T> the type of the data
 */
public interface Referenced<T> {
    /** Returns its RN. */
    Rn<T> rn();

    /** Returns its data. */
    T data();
}
