package dev.korm.spi;

import dev.korm.spi.environment.Environment;

/**
 * A source of a layer: a value that identifies a store and its settings, such as {@code Sqlite.file("cars.sqlite")}.
 */
public interface LayerSource {
    /**
     * Opens the store.
     *
     * @param name the layer's name in its pool
     * @throws dev.korm.StoreException when it cannot be opened; nothing is left open then
     */
    Layer open(String name, Environment environment);

    /**
     * Returns the identity of the store that it opens, for the pool's metadata. A source that does not say so is known
     * by its layer's name alone. Asked before the store is opened; asks nothing of it.
     */
    default LayerDescription description() {
        return LayerDescription.of("other");
    }
}
