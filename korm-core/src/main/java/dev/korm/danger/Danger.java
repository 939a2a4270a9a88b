package dev.korm.danger;

import dev.korm.Pool;

/**
 * Acts that cannot be taken back. Each is planned first, which changes nothing, and done only with the confirmation that its plan asks for.
 *
 * <pre>{@code
 * Reset reset = Korm.danger().reset(pool, ResetMode.ALL);
 * reset.tables().forEach(System.out::println);
 * reset.run("reset all of the pool 1ed40225c950e201: 3 tables with 120 rows, 4 files with 2048 bytes");
 * }</pre>
 */
public interface Danger {
    /**
     * Plans the reset of an open pool: looks at what would go, and changes nothing. {@link Reset#run} does it.
     *
     * @throws dev.korm.ConfigurationException when it is not a pool that {@code Korm} has opened
     * @throws dev.korm.StoreException when a layer does not answer
     * @throws dev.korm.depot.DepotException when a depot does not answer
     */
    Reset reset(Pool pool, ResetMode mode);
}
