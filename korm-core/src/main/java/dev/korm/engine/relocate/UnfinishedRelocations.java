package dev.korm.engine.relocate;

import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.item.PoolContext;
import dev.korm.spi.query.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The copies and moves of a pool that were not at their end at a moment. Immutable. */
public final class UnfinishedRelocations {
    private final Set<String> transactions = new HashSet<>();
    private final Map<String, Set<String>> keys = new HashMap<>();

    private UnfinishedRelocations() {}

    /** Finds those into all layers of a pool. */
    public static UnfinishedRelocations find(PoolContext pool) {
        UnfinishedRelocations found = new UnfinishedRelocations();
        for (FederatedLayer layer : pool.layers().all()) {
            for (RelocationState state : RelocationState.unfinished(layer)) {
                found.transactions.add(state.transaction());
                found.keys
                        .computeIfAbsent(layer.layer(), any -> new HashSet<>())
                        .add(state.key());
            }
        }
        return found;
    }

    /** Returns whether one of them is a transaction of the history. */
    public boolean isOf(String transaction) {
        return transactions.contains(transaction);
    }

    /** Returns whether one of them is of a table from one layer into another. */
    public boolean isOf(TableName table, String from, String to) {
        return keys.getOrDefault(to, Set.of())
                .contains(RelocationState.begin(from, table).key());
    }
}
