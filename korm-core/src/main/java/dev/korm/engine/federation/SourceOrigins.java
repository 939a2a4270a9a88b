package dev.korm.engine.federation;

import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The origins of each source of a federated selection: which of them are in other layers than the one that is asked.
 */
final class SourceOrigins {
    /** Stands for what needs no other layer. */
    static final int NEAR = 0;

    private final Map<Integer, Integer> parents = new HashMap<>();
    private final Map<Integer, Join> joins;
    private final Map<Integer, CrossLayerJoin> crossLayerJoins;
    private final CrossLayerJoin home;

    /** @param home the layer that is asked */
    SourceOrigins(FederatedSelection federated, String home) {
        this.home = new CrossLayerJoin(home, home);
        this.crossLayerJoins = federated.crossLayerJoins();
        this.joins = federated.selection().joinsBySource();
        for (Join join : joins.values()) {
            parent(join.source(), join.reference());
        }
        federated.selection().where().walk().forEach(condition -> {
            if (condition instanceof Condition.AnyElement any) {
                parent(any.source(), any.container());
            }
        });
    }

    private void parent(int source, Operand of) {
        of.sources().forEach(parent -> parents.put(source, parent));
    }

    Join join(int source) {
        return Objects.requireNonNull(joins.get(source));
    }

    /** Returns the way of a join. */
    CrossLayerJoin crossLayerJoin(int source) {
        return crossLayerJoins.getOrDefault(source, home);
    }

    /**
     * Returns the joins that lead on from a source, other than from elements, in an order in which they can be made.
     */
    List<Join> onward(int source) {
        Set<Integer> reached = new HashSet<>(Set.of(source));
        List<Join> onward = new ArrayList<>();
        for (Join join : joins.values()) {
            Integer parent = parents.get(join.source());
            if (parent != null && reached.contains(parent)) {
                reached.add(join.source());
                onward.add(join);
            }
        }
        return onward;
    }

    /**
     * Returns the joins by which an operand is reached from the layer that is asked; {@link #NEAR} where it takes none.
     */
    Set<Integer> departures(Operand operand) {
        Set<Integer> departures = new LinkedHashSet<>();
        for (int source : operand.sources()) {
            departures.add(departure(source));
        }
        return departures;
    }

    private int departure(int source) {
        int departure = NEAR;
        Integer at = source;
        while (at != null && at != 0) {
            if (crossLayerJoins.containsKey(at)) {
                departure = at;
            }
            at = parents.get(at);
        }
        return departure;
    }

    /** Returns whether a condition itself looks at another layer. */
    boolean isFar(Condition leaf) {
        return leaf.operands().stream()
                .anyMatch(operand -> departures(operand).stream().anyMatch(departure -> departure != NEAR));
    }

    /** Returns whether a condition looks at another layer, be it within elements. */
    boolean leaves(Condition condition) {
        return condition.walk().anyMatch(this::isFar);
    }
}
