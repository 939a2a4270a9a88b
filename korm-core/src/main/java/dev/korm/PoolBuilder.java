package dev.korm;

import dev.korm.spi.Environment;
import dev.korm.spi.LayerSource;

/** Says what a pool consists of. Not safe for several threads. */
public interface PoolBuilder {
    /**
     * Adds a layer.
     *
     * @param name what the {@code from} mod of RNs calls it
     * @param source which store, such as {@code Sqlite.file("cars.sqlite")}
     * @throws ConfigurationException when the name is taken, empty, or has {@code [} or {@code ]}
     */
    PoolBuilder layer(String name, LayerSource source);

    /** Replaces time, chance and threads, for tests. */
    PoolBuilder environment(Environment environment);

    /**
     * Opens every layer.
     *
     * @throws ConfigurationException when there is no layer
     * @throws StoreException when a store cannot be opened; those opened before are closed again
     */
    Pool open();
}
