package dev.korm.spi.journal;

import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import java.util.function.Function;

/**
 * The parts of a pool that the journal it opens may use.
 *
 * @param pool the pool's id; entries of other pools are left alone
 * @param depots the pool's depots by name, for a journal that is kept in one; throws where there is none of a name
 */
public record JournalContext(String pool, Environment environment, Function<String, Depot> depots) {}
