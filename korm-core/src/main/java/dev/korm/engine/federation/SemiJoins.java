package dev.korm.engine.federation;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.context.ItemIds;
import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Turns conditions on items of other layers into conditions on the references to them: the other layer is asked which items
 * fulfil the condition, and then the own one for the rows that refer to one of those.
 *
 * <p>That is right only for a condition that has to be true. So a NOT is first moved down to the single comparisons, which the
 * other layer evaluates with it; that changes nothing, since De Morgan's laws hold in three-valued logic too. A comparison that
 * is true of a missing row, such as {@link Condition.IsNull}, is asked the other way round.
 *
 * <p>Where too many items fulfil a condition it is left as it is, for {@link Residual}. For one selection; not safe for several
 * threads.
 */
public final class SemiJoins {
    /** Neither side is small above so many rows. */
    static final int FEW = 1_000;

    /** So many ids at the most stand in a condition. */
    public static final int MOST = 20_000;

    /** The items of another layer that fulfil a condition. */
    public record Matching(int departure, Condition condition) {}

    private final FederatedLayer home;
    private final FederatedSelection federated;
    private final SourceOrigins origins;
    private final Condition normal;

    public SemiJoins(FederatedLayer home, FederatedSelection federated) {
        this.home = home;
        this.federated = federated;
        this.origins = new SourceOrigins(federated, home.layer());
        this.normal = normal(federated.selection().where(), true);
    }

    /** Returns the selection with as much of its condition as can be within the layer that is asked. */
    FederatedSelection reduced() {
        Map<Matching, Condition> answers = answers(new ArrayList<>(wanted()));
        return with(reduced(normal, answers::get));
    }

    /** Returns the selections that other layers have to answer first. */
    public Set<Matching> wanted() {
        Set<Matching> wanted = new LinkedHashSet<>();
        reduced(normal, matching -> {
            wanted.add(matching);
            return matching.condition();
        });
        return wanted;
    }

    /** Returns the selection as it is once other layers have answered, with a parameter for the ids of each. */
    public FederatedSelection sketched() {
        return with(reduced(
                normal,
                matching -> refersTo(matching.departure(), List.of(new Condition.Parameter(0, ColumnKind.ID)))));
    }

    private FederatedSelection with(Condition where) {
        return Pruning.joins(
                new FederatedSelection(federated.selection().withWhere(where), federated.crossLayerJoins()));
    }

    /** Returns the condition with every NOT that concerns another layer at a single comparison. */
    private Condition normal(Condition condition, boolean holds) {
        if (!origins.leaves(condition)) {
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
        if (condition instanceof Condition.AnyElement any && !origins.isFar(any)) {
            Condition inside = any.map(inner -> normal(inner, true));
            return holds ? inside : new Condition.Not(inside);
        }
        return apart(condition, holds);
    }

    /** Returns a comparison of the first of several values, of which at most one is there, as one of each. */
    private Condition apart(Condition leaf, boolean holds) {
        Operand operand = leaf.operands().get(0);
        if (!(operand instanceof Operand.Coalesce first)
                || origins.departures(operand).size() == 1) {
            return holds ? leaf : new Condition.Not(leaf);
        }
        List<Condition> each = first.operands().stream()
                .map(one -> leaf.mapOperands(own -> own.equals(operand) ? one : own))
                .<Condition>map(one -> holds ? one : new Condition.Not(one))
                .toList();
        // These two are true of what is not there.
        boolean ofNothing = holds ? leaf instanceof Condition.IsNull : leaf instanceof Condition.AnyElement;
        return ofNothing ? new Condition.And(each) : new Condition.Or(each);
    }

    private Condition reduced(Condition condition, Function<Matching, Condition> answer) {
        if (!origins.leaves(condition)) {
            return condition;
        }
        OptionalInt only = only(condition);
        if (only.isPresent()) {
            return answer.apply(new Matching(only.getAsInt(), condition));
        }
        if (isTrueOfNothing(condition)) {
            return other(condition, answer);
        }
        if (condition instanceof Condition.And || condition instanceof Condition.Or) {
            return together(condition, answer);
        }
        return condition.map(inner -> reduced(inner, answer));
    }

    /** Combines the parts of a conjunction or disjunction that one layer can answer, so that they are asked as one. */
    private Condition together(Condition condition, Function<Matching, Condition> answer) {
        Map<Integer, List<Condition>> byDeparture = new LinkedHashMap<>();
        List<Condition> parts = new ArrayList<>();
        boolean all = condition instanceof Condition.And;
        for (Condition part : condition.conditions()) {
            OptionalInt departure = all ? departure(part) : only(part);
            if (departure.isPresent()) {
                byDeparture
                        .computeIfAbsent(departure.getAsInt(), any -> new ArrayList<>())
                        .add(part);
            } else {
                parts.add(reduced(part, answer));
            }
        }
        byDeparture.forEach((departure, some) -> {
            Condition joint = some.size() == 1 ? some.get(0) : all ? new Condition.And(some) : new Condition.Or(some);
            if (needsRow(joint)) {
                parts.add(answer.apply(new Matching(departure, joint)));
            } else {
                some.forEach(part -> parts.add(reduced(part, answer)));
            }
        });
        return all ? new Condition.And(parts) : new Condition.Or(parts);
    }

    /** Returns the one departure that a condition depends on, where it cannot be true without a row there. */
    private OptionalInt only(Condition condition) {
        OptionalInt departure = departure(condition);
        return departure.isPresent() && needsRow(condition) ? departure : OptionalInt.empty();
    }

    /** Returns the one departure that all of a condition depends on. */
    private OptionalInt departure(Condition condition) {
        if (condition instanceof Condition.And || condition instanceof Condition.Or) {
            Set<OptionalInt> each =
                    condition.conditions().stream().map(this::departure).collect(Collectors.toSet());
            return each.size() == 1 ? each.iterator().next() : OptionalInt.empty();
        }
        Condition leaf = condition instanceof Condition.Not not ? not.condition() : condition;
        if (!origins.isFar(leaf)) {
            return OptionalInt.empty();
        }
        Set<Integer> departures = origins.departures(leaf.operands().get(0));
        return departures.size() == 1 ? OptionalInt.of(departures.iterator().next()) : OptionalInt.empty();
    }

    /** Returns whether a condition about one departure is not true where there is no row: one of several that all have to hold is enough. */
    private boolean needsRow(Condition condition) {
        if (condition instanceof Condition.And) {
            return condition.conditions().stream().anyMatch(this::needsRow);
        }
        if (condition instanceof Condition.Or) {
            return condition.conditions().stream().allMatch(this::needsRow);
        }
        return !isTrueOfNothing(condition);
    }

    /** Returns whether a single comparison is true where there is no row to compare. */
    private boolean isTrueOfNothing(Condition condition) {
        return condition instanceof Condition.Not not
                ? not.condition() instanceof Condition.AnyElement any && origins.isFar(any)
                : condition instanceof Condition.IsNull && origins.isFar(condition);
    }

    /**
     * Returns the condition that other references satisfy: a condition that a missing row satisfies is true of every
     * reference but those to rows that do not satisfy it.
     */
    private Condition other(Condition condition, Function<Matching, Condition> answer) {
        Condition opposite = condition instanceof Condition.Not not ? not.condition() : new Condition.Not(condition);
        OptionalInt departure = only(opposite);
        if (departure.isEmpty()) {
            return condition;
        }
        Condition found = answer.apply(new Matching(departure.getAsInt(), opposite));
        if (found.equals(opposite)) {
            return condition;
        }
        Operand reference = origins.join(departure.getAsInt()).reference();
        return new Condition.Or(List.of(new Condition.IsNull(reference), new Condition.Not(found)));
    }

    private Condition refersTo(int departure, List<Object> ids) {
        Join join = origins.join(departure);
        return new Condition.RefersTo(
                join.reference(), origins.crossLayerJoin(departure).layer(), join.target(), ids);
    }

    /** Returns the conditions to put in the place of those of other layers; layers are asked at once. */
    private Map<Matching, Condition> answers(List<Matching> wanted) {
        int most = Math.min(MOST, home.store().capabilities().parameterLimit() / 2 / Math.max(1, wanted.size()));
        NearSide near = new NearSide();
        List<Supplier<Optional<List<Object>>>> tasks = new ArrayList<>();
        for (Matching matching : wanted) {
            tasks.add(() -> ids(matching, near, most));
        }
        List<Optional<List<Object>>> found = home.parallel().all(tasks);
        Map<Matching, Condition> answers = new HashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            Matching matching = wanted.get(i);
            answers.put(
                    matching,
                    found.get(i).map(ids -> refersTo(matching.departure(), ids)).orElse(matching.condition()));
        }
        return answers;
    }

    /**
     * Returns the ids of all items that fulfil a condition; empty where it is better to begin with the rows of the own
     * layer.
     */
    private Optional<List<Object>> ids(Matching matching, NearSide near, int most) {
        int few = Math.min(FEW, most);
        List<Object> ids = ids(matching, few + 1L);
        if (ids.size() <= few) {
            return Optional.of(ids);
        }
        if (few == most || near.isSmall()) {
            return Optional.empty();
        }
        ids = ids(matching, most + 1L);
        return ids.size() <= most ? Optional.of(ids) : Optional.empty();
    }

    private List<Object> ids(Matching matching, long limit) {
        List<Object> ids = new ArrayList<>();
        FederatedSelection asked = selection(matching, limit);
        try (RowCursor row = layer(matching).select(asked)) {
            while (row.next()) {
                if (row.get(0) instanceof String id) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    public FederatedLayer layer(Matching matching) {
        return home.neighbour(origins.crossLayerJoin(matching.departure()).layer());
    }

    /** Returns the selection for the other layer. */
    public FederatedSelection selection(Matching matching) {
        return selection(matching, MOST + 1L);
    }

    private FederatedSelection selection(Matching matching, long limit) {
        int departure = matching.departure();
        CrossLayerJoin away = origins.crossLayerJoin(departure);
        Map<Integer, CrossLayerJoin> crossLayerJoins = new HashMap<>();
        List<Join> joins = new ArrayList<>();
        for (Join join : origins.onward(departure)) {
            joins.add(new Join(join.source(), moved(join.reference(), departure, 0), join.target()));
        }
        Condition where = moved(matching.condition(), departure, 0);
        Selection selection = new Selection(
                origins.join(departure).target(),
                joins,
                List.of(new Output.Value(ItemIds.operand())),
                where,
                List.of(),
                List.of(),
                OptionalLong.of(limit));
        Collection<Integer> inside = selection.joinsBySource().keySet();
        for (int source : inside) {
            CrossLayerJoin crossLayerJoin = origins.crossLayerJoin(source);
            if (!crossLayerJoin.holder().equals(away.layer())
                    || !crossLayerJoin.layer().equals(away.layer())) {
                crossLayerJoins.put(source, crossLayerJoin);
            }
        }
        return Pruning.joins(new FederatedSelection(selection, crossLayerJoins));
    }

    /** Returns the condition with what is of one source taken from another. */
    private static Condition moved(Condition condition, int from, int to) {
        return condition.map(inner -> moved(inner, from, to)).mapOperands(operand -> moved(operand, from, to));
    }

    private static Operand moved(Operand operand, int from, int to) {
        return operand instanceof Operand.Column column && column.source() == from
                ? new Operand.Column(to, column.name(), column.kind())
                : operand.map(one -> moved(one, from, to));
    }

    /** The rows of the own layer that fulfil what can be asked of it alone. Looked at when it matters, and once. */
    private final class NearSide {
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<Boolean> small = Optional.empty();

        boolean isSmall() {
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(
                        "A question to the layer \"" + home.layer() + "\"", Outcome.NOT_APPLIED, interrupted);
            }
            try {
                if (small.isEmpty()) {
                    small = Optional.of(look());
                }
                return small.get();
            } finally {
                lock.unlock();
            }
        }

        private boolean look() {
            Selection selection = federated.selection();
            List<Condition> near = normal.conjuncts()
                    .filter(condition -> !origins.leaves(condition))
                    .toList();
            FederatedSelection rows = Pruning.joins(FederatedSelection.of(new Selection(
                    selection.from(),
                    selection.joins(),
                    List.of(new Output.Value(ItemIds.operand())),
                    new Condition.And(near),
                    List.of(),
                    List.of(),
                    OptionalLong.of(FEW + 1L))));
            int found = 0;
            try (RowCursor row = home.select(rows)) {
                while (row.next()) {
                    found++;
                }
            }
            return found <= FEW;
        }
    }
}
