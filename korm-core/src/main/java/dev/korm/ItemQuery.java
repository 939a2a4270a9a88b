package dev.korm;

import java.util.Optional;

/**
 * A question for one item by its RN. Immutable.
 *
 * @param <T> the type of the data
 */
public interface ItemQuery<T> {
    /** Works as {@link Query#resolvePaths(String...)}. */
    ItemQuery<T> resolvePaths(String... paths);

    /** Works as {@link Query#resolvePaths(FieldPath...)}. */
    ItemQuery<T> resolvePaths(FieldPath... paths);

    /** Resolves nothing more than before. */
    default ItemQuery<T> resolvePaths() {
        return resolvePaths(new String[0]);
    }

    /** Works as {@link Query#requireReferences()}. */
    ItemQuery<T> requireReferences();

    /** Works as {@link Query#includeDeleted()}. */
    ItemQuery<T> includeDeleted();

    /**
     * Returns the item.
     *
     * @throws NotFoundException when there is none
     */
    Item<T> get();

    /** Returns the item, if there is one. */
    Optional<Item<T>> find();
}
