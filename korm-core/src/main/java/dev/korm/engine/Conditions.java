package dev.korm.engine;

import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Takes selections and their conditions apart, and puts them together again. */
final class Conditions {
    private Conditions() {}

    /** The conditions that a condition is made of. */
    static List<Condition> inner(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions();
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions();
        }
        if (condition instanceof Condition.Not not) {
            return List.of(not.condition());
        }
        return condition instanceof Condition.AnyElement any ? List.of(any.condition()) : List.of();
    }

    /** The condition made of other conditions in the place of its own; a leaf as it is. */
    static Condition mapped(Condition condition, UnaryOperator<Condition> change) {
        if (condition instanceof Condition.All all) {
            return new Condition.All(all.conditions().stream().map(change).toList());
        }
        if (condition instanceof Condition.Any any) {
            return new Condition.Any(any.conditions().stream().map(change).toList());
        }
        if (condition instanceof Condition.Not not) {
            return new Condition.Not(change.apply(not.condition()));
        }
        return condition instanceof Condition.AnyElement any
                ? new Condition.AnyElement(
                        any.source(), any.container(), any.members(), any.joins(), change.apply(any.condition()))
                : condition;
    }

    /** The conditions that all have to hold. */
    static List<Condition> conjuncts(Condition condition) {
        if (!(condition instanceof Condition.All all)) {
            return List.of(condition);
        }
        List<Condition> conjuncts = new ArrayList<>();
        all.conditions().forEach(inner -> conjuncts.addAll(conjuncts(inner)));
        return conjuncts;
    }

    /** What a condition itself looks at. */
    static List<Operand> operands(Condition condition) {
        if (condition instanceof Condition.Compare compare) {
            return List.of(compare.operand());
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return List.of(oneOf.operand());
        }
        if (condition instanceof Condition.RefersTo refers) {
            return List.of(refers.reference());
        }
        if (condition instanceof Condition.Matches matches) {
            return List.of(matches.operand());
        }
        if (condition instanceof Condition.IsNull isNull) {
            return List.of(isNull.operand());
        }
        if (condition instanceof Condition.Opened opened) {
            return List.of(opened.sealed(), opened.id());
        }
        return condition instanceof Condition.AnyElement any ? List.of(any.container()) : List.of();
    }

    /** The condition, itself no composite, with another operand in the place of its own. */
    static Condition of(Condition leaf, Operand operand) {
        if (leaf instanceof Condition.Compare compare) {
            return new Condition.Compare(operand, compare.comparison(), compare.value());
        }
        if (leaf instanceof Condition.OneOf oneOf) {
            return new Condition.OneOf(operand, oneOf.values());
        }
        if (leaf instanceof Condition.RefersTo refers) {
            return new Condition.RefersTo(operand, refers.layer(), refers.target(), refers.ids());
        }
        if (leaf instanceof Condition.Matches matches) {
            return new Condition.Matches(operand, matches.pattern());
        }
        if (leaf instanceof Condition.IsNull) {
            return new Condition.IsNull(operand);
        }
        if (leaf instanceof Condition.Opened opened) {
            return new Condition.Opened(operand, opened.id(), opened.opening());
        }
        Condition.AnyElement any = (Condition.AnyElement) leaf;
        return new Condition.AnyElement(any.source(), operand, any.members(), any.joins(), any.condition());
    }

    /** The sources that an operand is of. */
    static Set<Integer> sources(Operand operand) {
        if (operand instanceof Operand.Column column) {
            return Set.of(column.source());
        }
        if (operand instanceof Operand.Element element) {
            return Set.of(element.source());
        }
        if (operand instanceof Operand.Json json) {
            return sources(json.document());
        }
        Set<Integer> sources = new LinkedHashSet<>();
        if (operand instanceof Operand.FirstOf first) {
            first.operands().forEach(one -> sources.addAll(sources(one)));
        }
        return sources;
    }

    /** The operand with the columns of one source taken from another. */
    static Operand moved(Operand operand, int from, int to) {
        if (operand instanceof Operand.Column column) {
            return column.source() == from ? new Operand.Column(to, column.name(), column.kind()) : column;
        }
        if (operand instanceof Operand.Json json) {
            return new Operand.Json(moved(json.document(), from, to), json.path(), json.kind());
        }
        return operand instanceof Operand.FirstOf first
                ? new Operand.FirstOf(first.operands().stream()
                        .map(one -> moved(one, from, to))
                        .toList())
                : operand;
    }

    /** The condition with the columns of one source taken from another. */
    static Condition moved(Condition condition, int from, int to) {
        if (condition instanceof Condition.Opened opened) {
            return new Condition.Opened(
                    moved(opened.sealed(), from, to), moved(opened.id(), from, to), opened.opening());
        }
        Condition inside = mapped(condition, one -> moved(one, from, to));
        List<Operand> operands = operands(condition);
        return operands.isEmpty() ? inside : of(inside, moved(operands.get(0), from, to));
    }

    /**
     * A condition that is true wherever another one is, and that a layer can evaluate: what it cannot is taken for true, or under
     * a NOT for false.
     *
     * @param able whether the layer can evaluate a leaf
     */
    static Condition weakened(Condition condition, Predicate<Condition> able) {
        return weakened(condition, able, true);
    }

    private static Condition weakened(Condition condition, Predicate<Condition> able, boolean holds) {
        if (condition instanceof Condition.Not not) {
            Condition inner = weakened(not.condition(), able, !holds);
            return isAlways(inner) ? Condition.NEVER : isNever(inner) ? Condition.ALWAYS : new Condition.Not(inner);
        }
        if (condition instanceof Condition.All || condition instanceof Condition.Any) {
            boolean all = condition instanceof Condition.All;
            List<Condition> parts = new ArrayList<>();
            for (Condition inner : inner(condition)) {
                Condition part = weakened(inner, able, holds);
                if (all ? isNever(part) : isAlways(part)) {
                    return part;
                }
                if (!(all ? isAlways(part) : isNever(part))) {
                    parts.add(part);
                }
            }
            return parts.size() == 1 ? parts.get(0) : all ? new Condition.All(parts) : new Condition.Any(parts);
        }
        return able.test(condition) ? condition : holds ? Condition.ALWAYS : Condition.NEVER;
    }

    private static boolean isAlways(Condition condition) {
        return condition instanceof Condition.All all && all.conditions().isEmpty();
    }

    private static boolean isNever(Condition condition) {
        return condition instanceof Condition.Any any && any.conditions().isEmpty();
    }

    /** The sources of what has to be opened for a condition. */
    static Set<Integer> opened(Condition condition) {
        Set<Integer> sources = new LinkedHashSet<>();
        opened(condition, sources);
        return sources;
    }

    private static void opened(Condition condition, Set<Integer> sources) {
        if (condition instanceof Condition.Opened opened) {
            sources.addAll(sources(opened.sealed()));
        }
        inner(condition).forEach(one -> opened(one, sources));
    }

    /** Every operand of a selection but the references of its joins. */
    static List<Operand> operands(Selection selection) {
        List<Operand> operands = new ArrayList<>(selection.groupBy());
        selection.outputs().forEach(output -> add(output, operands));
        for (SortKey key : selection.order()) {
            add(key.output(), operands);
        }
        deep(selection.where(), operands);
        return operands;
    }

    private static void add(Output output, List<Operand> operands) {
        if (output instanceof Output.Value value) {
            operands.add(value.operand());
        } else if (output instanceof Output.Aggregate aggregate) {
            operands.add(aggregate.operand());
        }
    }

    private static void deep(Condition condition, List<Operand> operands) {
        operands.addAll(operands(condition));
        inner(condition).forEach(one -> deep(one, operands));
    }

    /** Every join of a selection, also within elements, by its source. */
    static Map<Integer, Join> joins(Selection selection) {
        Map<Integer, Join> joins = new LinkedHashMap<>();
        selection.joins().forEach(join -> joins.put(join.source(), join));
        joins(selection.where(), joins);
        return joins;
    }

    private static void joins(Condition condition, Map<Integer, Join> joins) {
        if (condition instanceof Condition.AnyElement any) {
            any.joins().forEach(join -> joins.put(join.source(), join));
        }
        inner(condition).forEach(one -> joins(one, joins));
    }
}
