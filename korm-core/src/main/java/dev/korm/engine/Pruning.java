package dev.korm.engine;

import dev.korm.query.Hop;
import dev.korm.query.Question;
import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
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
    record Place(String layer, TableName table) {}

    private Pruning() {}

    /** The question without the joins that nothing looks at: each finds at most one row, so that none changes the answer. */
    static Question joins(Question question) {
        Selection selection = question.selection();
        Set<Integer> used = used(selection);
        Selection pruned =
                selection.withJoins(kept(selection.joins(), used)).withWhere(pruned(selection.where(), used));
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        hops.keySet().retainAll(used);
        return new Question(pruned, hops);
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
     * The columns that a question looks at, by layer and table: its own table's and those of its joins.
     *
     * @param home the layer that is asked
     */
    static Map<Place, Set<String>> columns(Question question, String home) {
        Map<Integer, Set<Operand.Column>> looked = question.selection().columnsBySource();
        Map<Place, Set<String>> columns = new LinkedHashMap<>();
        question.selection().tables().forEach((source, table) -> {
            Hop hop = question.hops().get(source);
            Place place = new Place(hop == null ? home : hop.layer(), table);
            Set<String> its = columns.computeIfAbsent(place, any -> new LinkedHashSet<>(Set.of(table.key())));
            looked.getOrDefault(source, Set.of()).forEach(column -> its.add(column.name()));
        });
        return columns;
    }
}
