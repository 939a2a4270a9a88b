package dev.korm.engine.federation;

import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Leaves out what an answer does not need. */
final class Pruning {
    /** A table of a layer. */
    record LayerTable(String layer, TableName table) {}

    private Pruning() {}

    /**
     * Returns the selection without the joins that nothing looks at: each finds at most one row, so that none changes
     * the answer.
     */
    static FederatedSelection joins(FederatedSelection federated) {
        Selection selection = federated.selection();
        Set<Integer> used = used(selection);
        Selection pruned =
                selection.withJoins(kept(selection.joins(), used)).withWhere(pruned(selection.where(), used));
        Map<Integer, CrossLayerJoin> crossLayerJoins = new HashMap<>(federated.crossLayerJoins());
        crossLayerJoins.keySet().retainAll(used);
        return new FederatedSelection(pruned, crossLayerJoins);
    }

    private static Condition pruned(Condition condition, Set<Integer> used) {
        Condition inside = condition.map(one -> pruned(one, used));
        return inside instanceof Condition.AnyElement any ? any.withJoins(kept(any.joins(), used)) : inside;
    }

    private static List<Join> kept(List<Join> joins, Set<Integer> used) {
        return joins.stream().filter(join -> used.contains(join.source())).toList();
    }

    private static Set<Integer> used(Selection selection) {
        Map<Integer, Join> joins = selection.joinsBySource();
        Set<Integer> used = new HashSet<>();
        Deque<Operand> follow = new ArrayDeque<>(selection.operands());
        while (!follow.isEmpty()) {
            for (int source : follow.pop().sources()) {
                Join join = joins.get(source);
                if (used.add(source) && join != null) {
                    follow.push(join.reference());
                }
            }
        }
        return used;
    }

    /**
     * Returns the columns that a selection looks at, by layer and table: its own table's and those of its joins.
     *
     * @param home the layer that is asked
     */
    static Map<LayerTable, Set<String>> columns(FederatedSelection federated, String home) {
        Map<Integer, Set<Operand.Column>> looked = federated.selection().columnsBySource();
        Map<LayerTable, Set<String>> columns = new LinkedHashMap<>();
        federated.selection().tables().forEach((source, table) -> {
            CrossLayerJoin crossLayerJoin = federated.crossLayerJoins().get(source);
            LayerTable place = new LayerTable(crossLayerJoin == null ? home : crossLayerJoin.layer(), table);
            Set<String> its = columns.computeIfAbsent(place, any -> new LinkedHashSet<>(Set.of(table.key())));
            looked.getOrDefault(source, Set.of()).forEach(column -> its.add(column.name()));
        });
        return columns;
    }
}
