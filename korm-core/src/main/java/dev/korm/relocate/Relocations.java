package dev.korm.relocate;

import dev.korm.Korm;
import dev.korm.Rn;
import dev.korm.Stored;

/**
 * Collections to be copied or moved from one layer to another. Made by {@link Korm#collection}. Immutable, safe for many threads.
 *
 * @param <T> the type of the items
 */
public interface Relocations<T> {
    /** Returns the items of a layer, namespace and kind. */
    Relocation<T> from(String layer, String namespace, String kind);

    /**
     * Returns the items of a collection.
     *
     * @param collection with the layer in its {@code from} mod, unless the pool has only one
     */
    Relocation<T> from(Rn<T> collection);

    /** Returns the items where {@link Stored} says. */
    Relocation<T> from();
}
