package dev.korm.query;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.model.Model;
import dev.korm.model.Node;
import dev.korm.model.row.Fingerprint;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds the filters and keys of one question to the tables of one layer. Not safe for several threads. */
public final class Binder {
    /** Neither true nor false, and so no row; stays so under NOT. */
    private static final Condition UNKNOWN =
            new Condition.Compare(new Operand.Absent(ColumnKind.TEXT), Condition.Comparison.EQUAL, "");

    private final PathWalker walker = new PathWalker();
    private final Scope scope;
    private final List<PathPosition.Item> root;

    public Binder(Model<?> model, TableSchema schema, Tables tables) {
        this.scope = Scope.root(tables.layer());
        this.root = List.of(new PathPosition.Item(0, schema, model.root(), tables));
    }

    /** Returns the joins that everything bound so far needs. */
    public List<Join> joins() {
        return scope.joins();
    }

    /** Returns the joins that lead out of the layer that is asked, among these and those within conditions. */
    public Map<Integer, CrossLayerJoin> crossLayerJoins() {
        return scope.crossLayerJoins();
    }

    public Condition bind(Filter filter) {
        return Defaults.spelledOut(bind(filter, root, scope));
    }

    /**
     * Returns a key to order or group by, or the field of a aggregate.
     *
     * @param use what it is for, for messages
     */
    public Operand key(FieldPath path, String use) {
        Paths.requireSingle(path, use);
        List<PathPosition.Value> places = walker.lead(root, path, scope);
        if (places.isEmpty()) {
            return new Operand.Absent(ColumnKind.OTHER);
        }
        Node node = places.get(0).node();
        Map<ColumnKind, List<Operand>> byKind = new LinkedHashMap<>();
        for (PathPosition.Value place : places) {
            Paths.requireOpen(place.base().kind(), path, use);
            place.requireFit(path, use);
            ColumnKind kind = kindOf(place);
            byKind.computeIfAbsent(kind, any -> new ArrayList<>()).add(place.as(kind));
        }
        Operand operand = firstOf(byKind.values().iterator().next());
        if (!node.isDynamic() && !node.isOrdered() && node.kind() == ColumnKind.JSON) {
            throw new QueryException(use + " needs a scalar, but " + path + " is " + node.typeNameWithArticle()
                    + "; name a field inside it");
        }
        return operand;
    }

    private static ColumnKind kindOf(PathPosition.Value place) {
        if (!place.node().isDynamic()) {
            return place.node().kind();
        }
        ColumnKind kind = place.base().kind();
        return kind == ColumnKind.JSON ? ColumnKind.OTHER : kind;
    }

    private Condition bind(Filter filter, List<? extends PathPosition> at, Scope scope) {
        if (filter instanceof Filter.And and) {
            return new Condition.And(all(and.filters(), at, scope));
        }
        if (filter instanceof Filter.Or or) {
            return new Condition.Or(Equalities.together(all(or.filters(), at, scope)));
        }
        if (filter instanceof Filter.Not not) {
            return new Condition.Not(bind(not.filter(), at, scope));
        }
        if (filter instanceof Filter.Compare compare) {
            return walker.walk(at, compare.path(), scope, (places, inner) -> compare(compare, places));
        }
        if (filter instanceof Filter.Between between) {
            return walker.walk(at, between.path(), scope, (places, inner) -> between(between, places));
        }
        if (filter instanceof Filter.OneOf oneOf) {
            return walker.walk(at, oneOf.path(), scope, (places, inner) -> oneOf(oneOf, places));
        }
        if (filter instanceof Filter.Text text) {
            return walker.walk(at, text.path(), scope, (places, inner) -> text(text, places));
        }
        if (filter instanceof Filter.Null isNull) {
            return walker.walk(at, isNull.path(), scope, (places, inner) -> isNull(places));
        }
        if (filter instanceof Filter.Present present) {
            return walker.walk(at, present.path(), scope, (places, inner) -> new Condition.Not(isNull(places)));
        }
        Filter.AnyEntry any = (Filter.AnyEntry) filter;
        return walker.walk(at, any.path().each(), scope, (places, inner) -> bind(any.entry(), places, inner));
    }

    private List<Condition> all(List<Filter> filters, List<? extends PathPosition> at, Scope scope) {
        List<Condition> conditions = new ArrayList<>(filters.size());
        for (Filter filter : filters) {
            conditions.add(bind(filter, at, scope));
        }
        return conditions;
    }

    private Condition compare(Filter.Compare filter, List<PathPosition.Value> places) {
        if (filter.value() == null) {
            return switch (filter.operator()) {
                case EQUAL -> isNull(places);
                case NOT_EQUAL -> new Condition.Not(isNull(places));
                default -> UNKNOWN;
            };
        }
        Condition.Comparison comparison =
                Condition.Comparison.valueOf(filter.operator().name());
        boolean equality = comparison == Condition.Comparison.EQUAL || comparison == Condition.Comparison.NOT_EQUAL;
        if (equality && BlindIndexRewrite.isSealedAt(places)) {
            Condition equal = BlindIndexRewrite.sealedOneOf(places, List.of(filter.value()), filter.path());
            return comparison == Condition.Comparison.EQUAL ? equal : new Condition.Not(equal);
        }
        Optional<Bound> constant = constant(filter.value(), filter.path(), places, !equality);
        if (equality && constant.isPresent() && BlindIndexRewrite.isAt(places)) {
            Condition same = compare(constant.get(), Condition.Comparison.EQUAL);
            Condition equal =
                    BlindIndexRewrite.oneOf(places, List.of(constant.get().value()), same, filter.path());
            return comparison == Condition.Comparison.EQUAL ? equal : new Condition.Not(equal);
        }
        return constant.map(bound -> narrowed(bound, comparison, places)).orElse(UNKNOWN);
    }

    /**
     * Rewrites equality with a unique value so that the index of its fingerprints can find it. Rows that another
     * program left without a fingerprint are looked at too.
     */
    private Condition narrowed(Bound bound, Condition.Comparison comparison, List<PathPosition.Value> places) {
        Condition condition = compare(bound, comparison);
        if (comparison != Condition.Comparison.EQUAL
                || places.size() != 1
                || bound.operand().kind() == ColumnKind.RN) {
            return condition;
        }
        Operand hidden = places.get(0).fingerprint().orElse(null);
        if (hidden == null) {
            return condition;
        }
        String fingerprint = Fingerprint.of(bound.value(), bound.operand().kind());
        if (fingerprint == null) {
            return condition;
        }
        return Equalities.narrowed(
                condition, new Condition.Compare(hidden, Condition.Comparison.EQUAL, fingerprint), hidden);
    }

    private Condition compare(Bound bound, Condition.Comparison comparison) {
        if (bound.operand().kind() != ColumnKind.RN) {
            return new Condition.Compare(bound.operand(), comparison, bound.value());
        }
        Condition same = same(bound);
        return comparison == Condition.Comparison.EQUAL ? same : new Condition.Not(same);
    }

    /**
     * Returns a condition for equal references. An RN without {@code from} means the layer that it is in, and so is
     * looked for there alone.
     */
    private static Condition same(Bound bound) {
        String text = (String) bound.value();
        if (bound.byLayer().size() == 1) {
            String layer = bound.byLayer().keySet().iterator().next();
            return new Condition.OneOf(bound.operand(), spellings(text, layer));
        }
        List<Condition> some = new ArrayList<>();
        List<Condition> nowhere = new ArrayList<>();
        bound.byLayer().forEach((layer, operands) -> {
            Condition isNull = new Condition.IsNull(firstOf(operands));
            some.add(new Condition.And(List.of(
                    new Condition.Not(isNull), new Condition.OneOf(firstOf(operands), spellings(text, layer)))));
            nowhere.add(isNull);
        });
        nowhere.add(UNKNOWN);
        some.add(new Condition.And(nowhere));
        return new Condition.Or(some);
    }

    /** Returns the texts that name the same item in a layer: the {@code from} mod may be left out there. */
    private static List<Object> spellings(String text, String layer) {
        if (!Rn.isRn(text)) {
            return List.of(text);
        }
        Rn<?> rn = Rn.parse(text);
        if (rn.isDepot()) {
            return List.of(text);
        }
        if (rn.layer().isEmpty()) {
            return List.of(text, rn.from(layer).toString());
        }
        return rn.layer().get().equals(layer)
                ? List.of(text, rn.without(Rn.FROM).toString())
                : List.of(text);
    }

    private Condition between(Filter.Between filter, List<PathPosition.Value> places) {
        return new Condition.And(List.of(
                compare(new Filter.Compare(filter.path(), Filter.Operator.GREATER_OR_EQUAL, filter.low()), places),
                compare(new Filter.Compare(filter.path(), Filter.Operator.LESS_OR_EQUAL, filter.high()), places)));
    }

    private Condition oneOf(Filter.OneOf filter, List<PathPosition.Value> places) {
        Map<Operand, List<Object>> byOperand = new LinkedHashMap<>();
        List<Condition> some = new ArrayList<>();
        List<Object> sealed = new ArrayList<>();
        for (Object value : filter.values()) {
            if (value == null) {
                some.add(isNull(places));
            } else if (BlindIndexRewrite.isSealedAt(places)) {
                sealed.add(value);
            } else {
                constant(value, filter.path(), places, false).ifPresent(bound -> {
                    if (bound.byLayer().size() > 1 && bound.operand().kind() == ColumnKind.RN) {
                        some.add(same(bound));
                    } else {
                        byOperand
                                .computeIfAbsent(bound.operand(), any -> new ArrayList<>())
                                .addAll(bound.constants());
                    }
                });
            }
        }
        if (!sealed.isEmpty()) {
            some.add(BlindIndexRewrite.sealedOneOf(places, sealed, filter.path()));
        }
        byOperand.forEach((operand, values) -> {
            Condition same = new Condition.OneOf(operand, values);
            some.add(
                    BlindIndexRewrite.isAt(places)
                            ? BlindIndexRewrite.oneOf(places, values, same, filter.path())
                            : same);
        });
        if (some.isEmpty() && !filter.values().isEmpty()) {
            return UNKNOWN;
        }
        return some.size() == 1 ? some.get(0) : new Condition.Or(some);
    }

    private static Condition text(Filter.Text filter, List<PathPosition.Value> places) {
        for (PathPosition.Value place : places) {
            Node node = place.node();
            Paths.requireOpen(place.base().kind(), filter.path(), "A filter");
            place.requireFit(filter.path(), "A filter");
            if (!node.isDynamic() && node.kind() != ColumnKind.TEXT && node.kind() != ColumnKind.RN) {
                throw new QueryException(
                        filter.match() + " compares texts, but " + filter.path() + " is " + node.typeNameWithArticle());
            }
        }
        if (filter.text() == null) {
            return UNKNOWN;
        }
        List<Operand> operands = new ArrayList<>();
        for (PathPosition.Value place : places) {
            operands.add(place.as(
                    place.node().isDynamic() ? ColumnKind.TEXT : place.node().kind()));
        }
        TextPattern pattern = Patterns.of(filter.match(), filter.text(), filter.sensitivity(), filter.path());
        return operands.isEmpty() ? UNKNOWN : new Condition.Matches(firstOf(operands), pattern);
    }

    private static Condition isNull(List<PathPosition.Value> places) {
        List<Condition> each = new ArrayList<>();
        for (PathPosition.Value place : places) {
            each.add(new Condition.IsNull(presence(place)));
        }
        return each.size() == 1 ? each.get(0) : new Condition.And(each);
    }

    private static Operand presence(PathPosition.Value place) {
        Node node = place.node();
        if (place.base().kind() == ColumnKind.JSON || node.absentValue().isPresent()) {
            return place.as(node.isDynamic() ? ColumnKind.JSON : node.kind());
        }
        return place.path().isRoot() ? place.base() : place.as(node.kind());
    }

    /**
     * A constant and what it is compared with.
     *
     * @param byLayer the operand, or the several that it is the first of, by the layers that they are in
     */
    private record Bound(Operand operand, Object value, Map<String, List<Operand>> byLayer) {
        /** Returns the constants that the operand is compared with, where that is within one layer. */
        List<Object> constants() {
            return operand.kind() == ColumnKind.RN
                    ? spellings((String) value, byLayer.keySet().iterator().next())
                    : List.of(value);
        }
    }

    /**
     * Returns the constant in the form that the places' columns have, beside the operand; empty when, of data without a
     * model, no column can hold it.
     */
    private static Optional<Bound> constant(
            Object value, FieldPath path, List<PathPosition.Value> places, boolean ordered) {
        if (places.size() == 1) {
            // Most paths lead to one place.
            Candidate only = candidate(value, path, places.get(0), ordered);
            return only == null
                    ? Optional.empty()
                    : Optional.of(new Bound(
                            only.operand(),
                            only.constant(),
                            Map.of(places.get(0).tables().layer(), List.of(only.operand()))));
        }
        List<Operand> operands = new ArrayList<>();
        Map<String, List<Operand>> byLayer = new LinkedHashMap<>();
        Object constant = null;
        for (PathPosition.Value place : places) {
            Candidate candidate = candidate(value, path, place, ordered);
            if (candidate != null) {
                operands.add(candidate.operand());
                byLayer.computeIfAbsent(place.tables().layer(), any -> new ArrayList<>())
                        .add(candidate.operand());
                constant = candidate.constant();
            }
        }
        return constant == null ? Optional.empty() : Optional.of(new Bound(firstOf(operands), constant, byLayer));
    }

    /** A constant beside the operand of one place. */
    private record Candidate(Operand operand, Object constant) {}

    private static @Nullable Candidate candidate(
            Object value, FieldPath path, PathPosition.Value place, boolean ordered) {
        Node node = place.node();
        Paths.requireOpen(place.base().kind(), path, "A filter");
        place.requireFit(path, "A filter");
        if (ordered) {
            Paths.requireOrder(node, path);
        }
        Object constant = node.constant(value, path);
        ColumnKind kind = node.isDynamic() ? dynamicKind(value, place.base().kind()) : node.kind();
        if (constant instanceof Boolean flag && place.base().kind() == ColumnKind.INTEGER) {
            constant = flag ? 1L : 0L;
            kind = ColumnKind.INTEGER;
        }
        Operand operand = place.as(kind);
        return operand instanceof Operand.Absent && node.isDynamic() ? null : new Candidate(operand, constant);
    }

    /**
     * Returns the kind with which a value without a model is compared: the constant decides, within what the column can
     * hold.
     */
    private static ColumnKind dynamicKind(@Nullable Object value, ColumnKind column) {
        if (value instanceof Unique<?> unique) {
            return dynamicKind(unique.value(), column);
        }
        if (value instanceof Boolean) {
            return ColumnKind.BOOLEAN;
        }
        if (value instanceof BigDecimal || value instanceof BigInteger) {
            return ColumnKind.DECIMAL;
        }
        if (value instanceof Float || value instanceof Double) {
            return ColumnKind.REAL;
        }
        if (value instanceof Number) {
            return ColumnKind.INTEGER;
        }
        if (value instanceof Rn<?>) {
            return ColumnKind.RN;
        }
        if (value instanceof Map<?, ?>
                || value instanceof Collection<?>
                || value instanceof Document
                || value instanceof Record) {
            return ColumnKind.JSON;
        }
        if (value instanceof byte[]) {
            return ColumnKind.BYTES;
        }
        return column == ColumnKind.RN ? ColumnKind.RN : ColumnKind.TEXT;
    }

    private static Operand firstOf(List<Operand> operands) {
        return operands.size() == 1 ? operands.get(0) : new Operand.Coalesce(operands);
    }
}
