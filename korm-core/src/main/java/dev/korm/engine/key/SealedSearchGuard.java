package dev.korm.engine.key;

import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.SearchGuard;
import dev.korm.spi.query.TableName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A look at the keys of each collection of a layer before the first search for a sealed value in it, where the opening was not told of it. Safe for many threads. */
public final class SealedSearchGuard implements SearchGuard {
    private final OpenLayer layer;
    private final Set<TableName> looked = ConcurrentHashMap.newKeySet();

    public SealedSearchGuard(OpenLayer layer) {
        this.layer = layer;
    }

    @Override
    public void beforeSearching(TableName table) {
        if (!looked.contains(table)) {
            KeyCheck.requireBeforeSearching(layer, table);
            looked.add(table);
        }
    }
}
