package dev.korm.spi;

/** Where a layer comes from: a value that says which store and how, such as {@code Sqlite.file("cars.sqlite")}. */
public interface LayerSource {
    /**
     * Opens the store.
     *
     * @param name the layer's name in its pool
     * @throws dev.korm.StoreException when it cannot be opened; nothing is left open then
     */
    Layer open(String name, Environment environment);

    /**
     * Which store it opens, for the pool's metadata. A source that does not say so is known by its layer's name alone. Asked
     * before the store is opened; asks nothing of it.
     */
    default LayerDescription description() {
        return LayerDescription.of("other");
    }
}
