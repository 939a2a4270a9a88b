package dev.korm.spi.depot;

import dev.korm.spi.environment.Environment;

/** A source of a depot: a value that identifies a store and its settings, such as {@code LocalDepot.at("files")}. */
public interface DepotSource {
    /**
     * Opens the store.
     *
     * @param name the depot's name in its pool, the {@code depot} mod of the RNs of its files
     * @throws dev.korm.depot.DepotException when it cannot be opened; nothing is left open then
     */
    Depot open(String name, Environment environment);

    /**
     * Returns the identity of the store that it opens, for the pool's metadata. A source that does not say so is known
     * by its depot's name alone. Asked before the store is opened; asks nothing of it.
     */
    default DepotDescription description() {
        return DepotDescription.of("other");
    }
}
