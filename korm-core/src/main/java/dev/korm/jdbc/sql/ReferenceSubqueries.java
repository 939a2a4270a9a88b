package dev.korm.jdbc.sql;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Conditions on what a reference names, taken for subqueries: {@code owner IN (SELECT … FROM users WHERE …)} instead of an outer join and a
 * condition on it. A database finds the few rows that are named first, and those that name them by an index; of a join on pieces of texts it
 * can neither tell how many rows it finds nor use an index.
 *
 * <p>That is right for a condition that has to be true, and only where it cannot be true without the row that is named. So a NOT is first moved
 * down to the single comparisons, as De Morgan's laws allow in three-valued logic too. A comparison that is true of a missing row, such as
 * {@link Condition.IsNull}, stays with its join, unless another beside it needs the row. Joins that nothing looks at any more are left out: each
 * finds at most one row.
 */
final class ReferenceSubqueries {
    /** So many constants at the most are written again in a subquery. */
    private static final int MOST_CONSTANTS = 1_000;

    private final Map<Integer, Join> joins;
    private final Map<Integer, Integer> parents = new HashMap<>();

    /**
     * A condition, and what is still joined for it.
     *
     * @param joins in the order in which they are made
     * @param subqueries the join that each subquery takes the place of
     */
    record Scope(List<Join> joins, Condition where, Map<Condition, Integer> subqueries) {
        /** Returns the join that a condition is a subquery instead of; empty for every other condition. */
        OptionalInt departure(Condition condition) {
            Integer departure = condition instanceof Condition.Not ? subqueries.get(condition) : null;
            return departure == null ? OptionalInt.empty() : OptionalInt.of(departure);
        }
    }

    ReferenceSubqueries(Selection selection) {
        this.joins = selection.joinsBySource();
        for (Join join : joins.values()) {
            parent(join.source(), join.reference());
        }
        selection.where().walk().forEach(condition -> {
            if (condition instanceof Condition.AnyElement any) {
                parent(any.source(), any.container());
            }
        });
    }

    /** Notes the source that a join begins at; one from several sources begins where all of them are joined. */
    private void parent(int source, Operand of) {
        if (of.sources().size() == 1) {
            parents.put(source, of.sources().iterator().next());
        }
    }

    /** Returns the condition and the joins of a selection with subqueries where they are right. */
    Scope of(Selection selection) {
        Set<Integer> used = new HashSet<>();
        selection.withWhere(Condition.ALWAYS).operands().forEach(operand -> used.addAll(operand.sources()));
        Map<Condition, Integer> subqueries = new HashMap<>();
        Condition inside = elements(selection.where(), subqueries);
        return scope(selection.joins(), inside, used, subqueries);
    }

    Join join(int source) {
        return Objects.requireNonNull(joins.get(source));
    }

    /**
     * Returns what a subquery selects by, from the table that its reference names.
     *
     * @param further whether there may be subqueries in it
     */
    Scope within(Scope outer, Condition subquery, int departure, boolean further) {
        Condition asked = subquery.conditions().get(0).conditions().get(0);
        List<Join> onward = new ArrayList<>();
        Set<Integer> reached = new HashSet<>(Set.of(departure));
        for (Join join : joins.values()) {
            Integer parent = parents.get(join.source());
            if (parent != null && reached.contains(parent)) {
                reached.add(join.source());
                onward.add(join);
            }
        }
        Map<Condition, Integer> subqueries = new HashMap<>(outer.subqueries());
        return further
                ? scope(onward, asked, Set.of(), subqueries)
                : new Scope(kept(onward, used(asked, Set.of(), subqueries)), asked, subqueries);
    }

    /** Returns the condition with those on elements rewritten, which have joins of their own. */
    private Condition elements(Condition condition, Map<Condition, Integer> subqueries) {
        Condition inside = condition.map(inner -> elements(inner, subqueries));
        if (inside instanceof Condition.AnyElement any && !any.joins().isEmpty()) {
            Scope scope = scope(any.joins(), any.condition(), Set.of(), subqueries);
            return any.withJoins(scope.joins()).map(inner -> scope.where());
        }
        return inside;
    }

    private Scope scope(
            List<Join> made, Condition where, Set<Integer> usedElsewhere, Map<Condition, Integer> subqueries) {
        Set<Integer> here = new HashSet<>();
        made.forEach(join -> here.add(join.source()));
        Condition normal = new Level(here, subqueries).rewritten(where);
        return new Scope(kept(made, used(normal, usedElsewhere, subqueries)), normal, subqueries);
    }

    private static List<Join> kept(List<Join> made, Set<Integer> used) {
        return made.stream().filter(join -> used.contains(join.source())).toList();
    }

    private Set<Integer> used(Condition where, Set<Integer> elsewhere, Map<Condition, Integer> subqueries) {
        Set<Integer> used = new HashSet<>();
        Deque<Integer> follow = new ArrayDeque<>(elsewhere);
        use(where, follow, subqueries);
        while (!follow.isEmpty()) {
            int source = follow.pop();
            Join join = joins.get(source);
            if (used.add(source) && join != null) {
                follow.addAll(join.reference().sources());
            }
        }
        return used;
    }

    private void use(Condition condition, Deque<Integer> sources, Map<Condition, Integer> subqueries) {
        Integer departure = subqueries.get(condition);
        if (departure != null) {
            sources.addAll(join(departure).reference().sources());
            return;
        }
        condition.operands().forEach(operand -> sources.addAll(operand.sources()));
        condition.joins().forEach(join -> sources.addAll(join.reference().sources()));
        condition.conditions().forEach(inner -> use(inner, sources, subqueries));
    }

    private static long constants(Condition condition) {
        return condition
                .walk()
                .mapToLong(leaf -> leaf instanceof Condition.OneOf oneOf
                        ? oneOf.values().size()
                        : leaf instanceof Condition.RefersTo refers
                                ? refers.ids().size()
                                : 1)
                .sum();
    }

    /** The joins that are made together: of a selection, of a subquery or of an element. */
    private final class Level {
        private final Set<Integer> made;
        private final Map<Condition, Integer> subqueries;

        Level(Set<Integer> made, Map<Condition, Integer> subqueries) {
            this.made = made;
            this.subqueries = subqueries;
        }

        Condition rewritten(Condition where) {
            return concerns(where) ? grouped(normal(where, true)) : where;
        }

        /** Returns the first join on the way to a source; empty where it takes none of these. */
        private OptionalInt departure(int source) {
            int departure = 0;
            for (Integer at = source; at != null; at = parents.get(at)) {
                departure = made.contains(at) ? at : departure;
            }
            return departure == 0 ? OptionalInt.empty() : OptionalInt.of(departure);
        }

        /** Returns the departures of all that a condition looks at which is no connective. */
        private Set<OptionalInt> departures(Condition leaf) {
            Set<OptionalInt> departures = new HashSet<>();
            leaf.walk()
                    .flatMap(inner -> inner.operands().stream())
                    .flatMap(operand -> operand.sources().stream())
                    .forEach(source -> departures.add(departure(source)));
            return departures;
        }

        private boolean concerns(Condition condition) {
            return departures(condition).stream().anyMatch(OptionalInt::isPresent);
        }

        private Condition normal(Condition condition, boolean holds) {
            if (!concerns(condition)) {
                return holds ? condition : new Condition.Not(condition);
            }
            if (condition instanceof Condition.Not not) {
                return normal(not.condition(), !holds);
            }
            if (condition instanceof Condition.And || condition instanceof Condition.Or) {
                List<Condition> parts = condition.conditions().stream()
                        .map(inner -> normal(inner, holds))
                        .toList();
                return condition instanceof Condition.And == holds ? new Condition.And(parts) : new Condition.Or(parts);
            }
            if (condition instanceof Condition.OneOf oneOf && oneOf.values().isEmpty()) {
                return holds ? Condition.NEVER : Condition.ALWAYS;
            }
            return apart(condition, holds);
        }

        /** Returns a comparison of the first of several values, of which at most one is there, as one of each. */
        private Condition apart(Condition leaf, boolean holds) {
            Operand operand = leaf.operands().get(0);
            if (!(operand instanceof Operand.Coalesce first)
                    || leaf instanceof Condition.AnyElement
                    || leaf.operands().size() > 1
                    || departures(leaf).size() == 1
                    || !areExclusive(departures(leaf))) {
                return holds ? leaf : new Condition.Not(leaf);
            }
            List<Condition> each = first.operands().stream()
                    .map(one -> leaf.mapOperands(own -> own.equals(operand) ? one : own))
                    .<Condition>map(one -> holds ? one : new Condition.Not(one))
                    .toList();
            return leaf instanceof Condition.IsNull && holds ? new Condition.And(each) : new Condition.Or(each);
        }

        /** Returns whether joins begin at one reference, which names a row of one of their tables. */
        private boolean areExclusive(Set<OptionalInt> departures) {
            Set<Operand> references = new HashSet<>();
            Set<TableName> targets = new HashSet<>();
            for (OptionalInt departure : departures) {
                if (departure.isEmpty()) {
                    return false;
                }
                references.add(join(departure.getAsInt()).reference());
                targets.add(join(departure.getAsInt()).target());
            }
            return references.size() == 1 && targets.size() == departures.size();
        }

        /** Returns the condition with a subquery for all that has to be asked about one reference together. */
        private Condition grouped(Condition condition) {
            OptionalInt only = only(condition);
            if (only.isPresent() && needsRow(condition) && isShort(condition)) {
                return subquery(only.getAsInt(), condition);
            }
            if (condition instanceof Condition.And) {
                return conjunction(condition);
            }
            if (condition instanceof Condition.Or) {
                return disjunction(condition);
            }
            return condition;
        }

        private Condition conjunction(Condition condition) {
            Map<Integer, List<Condition>> byDeparture = new LinkedHashMap<>();
            List<Condition> parts = new ArrayList<>();
            for (Condition part : condition.conditions()) {
                OptionalInt only = only(part);
                if (only.isPresent()) {
                    byDeparture
                            .computeIfAbsent(only.getAsInt(), any -> new ArrayList<>())
                            .add(part);
                } else {
                    parts.add(grouped(part));
                }
            }
            byDeparture.forEach((departure, some) -> {
                Condition joint = some.size() == 1 ? some.get(0) : new Condition.And(some);
                if (needsRow(joint) && isShort(joint)) {
                    parts.add(subquery(departure, joint));
                } else {
                    some.forEach(part -> parts.add(grouped(part)));
                }
            });
            return new Condition.And(parts);
        }

        private Condition disjunction(Condition condition) {
            Map<Integer, List<Condition>> byDeparture = new LinkedHashMap<>();
            List<Condition> parts = new ArrayList<>();
            for (Condition part : condition.conditions()) {
                OptionalInt only = only(part);
                if (only.isPresent() && needsRow(part)) {
                    byDeparture
                            .computeIfAbsent(only.getAsInt(), any -> new ArrayList<>())
                            .add(part);
                } else {
                    parts.add(grouped(part));
                }
            }
            byDeparture.forEach((departure, some) -> {
                Condition joint = some.size() == 1 ? some.get(0) : new Condition.Or(some);
                parts.add(isShort(joint) ? subquery(departure, joint) : joint);
            });
            return new Condition.Or(parts);
        }

        private boolean isShort(Condition condition) {
            return constants(condition) <= MOST_CONSTANTS;
        }

        /** Returns the one join that all of a condition depends on. */
        private OptionalInt only(Condition condition) {
            Set<OptionalInt> departures = new HashSet<>();
            collect(condition, departures);
            return departures.size() == 1 ? departures.iterator().next() : OptionalInt.empty();
        }

        private void collect(Condition condition, Set<OptionalInt> departures) {
            if (condition instanceof Condition.Connective) {
                condition.conditions().forEach(part -> collect(part, departures));
            } else {
                departures.addAll(departures(condition));
            }
        }

        /** Returns whether a condition about one join is not true where it found no row. */
        private boolean needsRow(Condition condition) {
            if (departures(condition).isEmpty()) {
                // It looks at nothing, and is true of every row or of none.
                return condition.equals(Condition.NEVER);
            }
            if (condition instanceof Condition.And) {
                return condition.conditions().stream().anyMatch(this::needsRow);
            }
            if (condition instanceof Condition.Or) {
                return condition.conditions().stream().allMatch(this::needsRow);
            }
            Condition leaf = condition instanceof Condition.Not not ? not.condition() : condition;
            if (leaf.operands().stream().anyMatch(Operand::holdsConstant)) {
                return false;
            }
            // Never unknown, so that its opposite is true where there is nothing.
            return condition instanceof Condition.Not
                    ? !(leaf instanceof Condition.AnyElement)
                    : !(leaf instanceof Condition.IsNull);
        }

        /** Puts a condition into a subquery; the double negation keeps one of several conditions apart from those around it. */
        private Condition subquery(int departure, Condition condition) {
            Condition apart = new Condition.Not(new Condition.Not(condition));
            subqueries.put(apart, departure);
            return apart;
        }
    }
}
