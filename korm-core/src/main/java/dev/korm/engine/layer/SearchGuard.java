package dev.korm.engine.layer;

import dev.korm.spi.query.TableName;

/** A look that is taken before sealed values of a collection are searched for by their fingerprints. Safe for many threads. */
@FunctionalInterface
public interface SearchGuard {
    /** @throws dev.korm.SealException when nothing that is there could be found */
    void beforeSearching(TableName table);
}
