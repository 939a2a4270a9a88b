package dev.korm.engine;

import dev.korm.query.Hop;
import dev.korm.query.Question;
import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import java.util.ArrayList;
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
        Selection pruned = new Selection(
                selection.from(),
                kept(selection.joins(), used),
                selection.outputs(),
                pruned(selection.where(), used),
                selection.groupBy(),
                selection.order(),
                selection.limit());
        Map<Integer, Hop> hops = new HashMap<>(question.hops());
        hops.keySet().retainAll(used);
        return new Question(pruned, hops);
    }

    private static Condition pruned(Condition condition, Set<Integer> used) {
        Condition inside = Conditions.mapped(condition, one -> pruned(one, used));
        return inside instanceof Condition.AnyElement any
                ? new Condition.AnyElement(
                        any.source(), any.container(), any.members(), kept(any.joins(), used), any.condition())
                : inside;
    }

    private static List<Join> kept(List<Join> joins, Set<Integer> used) {
        return joins.stream().filter(join -> used.contains(join.source())).toList();
    }

    private static Set<Integer> used(Selection selection) {
        Map<Integer, Join> joins = Conditions.joins(selection);
        Set<Integer> used = new HashSet<>();
        List<Operand> follow = Conditions.operands(selection);
        while (!follow.isEmpty()) {
            for (int source : Conditions.sources(follow.remove(follow.size() - 1))) {
                Join join = joins.get(source);
                if (used.add(source) && join != null) {
                    follow.add(join.reference());
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
        Selection selection = question.selection();
        Map<Integer, Place> places = new HashMap<>();
        places.put(0, new Place(home, selection.from()));
        List<Operand> operands = new ArrayList<>(Conditions.operands(selection));
        Conditions.joins(selection).forEach((source, join) -> {
            Hop hop = question.hops().get(source);
            places.put(source, new Place(hop == null ? home : hop.layer(), join.target()));
            operands.add(join.reference());
        });
        Map<Place, Set<String>> columns = new LinkedHashMap<>();
        for (Place place : places.values()) {
            columns.put(place, new LinkedHashSet<>(Set.of(place.table().key())));
        }
        for (Operand operand : operands) {
            add(operand, places, columns);
        }
        return columns;
    }

    private static void add(Operand operand, Map<Integer, Place> places, Map<Place, Set<String>> columns) {
        if (operand instanceof Operand.Column column) {
            Place place = places.get(column.source());
            if (place != null) {
                columns.computeIfAbsent(place, any -> new LinkedHashSet<>()).add(column.name());
            }
        } else if (operand instanceof Operand.Json json) {
            add(json.document(), places, columns);
        } else if (operand instanceof Operand.FirstOf first) {
            first.operands().forEach(one -> add(one, places, columns));
        }
    }
}
