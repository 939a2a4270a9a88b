package dev.korm;

/**
 * An item, or a change of one, that an {@link Rn} can carry.
 *
 * @param <T> the type of the data
 */
public interface Referenced<T> {
    /** Its name. */
    Rn<T> rn();

    /** Its data. */
    T data();
}
