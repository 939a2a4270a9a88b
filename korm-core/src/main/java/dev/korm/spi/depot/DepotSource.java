package dev.korm.spi.depot;

import dev.korm.spi.Environment;

/** Where a depot comes from: a value that says which store and how, such as {@code LocalDepot.at("files")}. */
public interface DepotSource {
    /**
     * Opens the store.
     *
     * @param name the depot's name in its pool, the {@code depot} mod of the RNs of its files
     * @throws dev.korm.depot.DepotException when it cannot be opened; nothing is left open then
     */
    Depot open(String name, Environment environment);

    /**
     * Which store it opens, for the pool's metadata. A source that does not say so is known by its depot's name alone. Asked
     * before the store is opened; asks nothing of it.
     */
    default DepotDescription description() {
        return DepotDescription.of("other");
    }
}
