package dev.korm.spi.evaluate;

import dev.korm.spi.Row;
import dev.korm.spi.evaluate.JsonValue.JsonArray;
import dev.korm.spi.evaluate.JsonValue.JsonObject;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates conditions, operands and selections over rows in memory.
 *
 * <pre>{@code
 * RowTest cheap = evaluator.test(condition);
 * if (cheap.test(Scope.of(0, row::get)).isTrue()) …
 * }</pre>
 *
 * <p>Conditions and operands are made into functions once and used for many rows. Immutable, as are the functions: safe for
 * many threads when the {@link Lookup} is.
 */
public final class Evaluator {
    private final String layer;
    private final EvaluatedJoins evaluatedJoins;
    private final LayersLookup lookup;

    /**
     * Creates an evaluator of one layer's rows.
     *
     * @param layer the layer's name, which the {@code from} mod of a reference within it has
     * @param lookup where joins find their rows
     */
    public Evaluator(String layer, Lookup lookup) {
        this(layer, join -> new EvaluatedJoin(layer, layer), (own, table, id) -> lookup.find(table, id));
    }

    /**
     * Creates an evaluator of the rows of one layer and of those of other layers that they refer to.
     *
     * @param layer the layer that is asked
     * @param evaluatedJoins where each join leads
     */
    public Evaluator(String layer, EvaluatedJoins evaluatedJoins, LayersLookup lookup) {
        this.layer = layer;
        this.evaluatedJoins = evaluatedJoins;
        this.lookup = lookup;
    }

    /** Finds rows by their keys. */
    @FunctionalInterface
    public interface Lookup {
        /** Returns the row of that key; null when there is none. */
        Scope.@Nullable SourceRow find(TableName table, String id);
    }

    /** Finds rows of several layers by their keys. */
    @FunctionalInterface
    public interface LayersLookup {
        /** Returns the row of that key; null when there is none. */
        Scope.@Nullable SourceRow find(String layer, TableName table, String id);
    }

    /** Says between which layers a join leads. */
    @FunctionalInterface
    public interface EvaluatedJoins {
        EvaluatedJoin of(Join join);
    }

    /**
     * The way of a join.
     *
     * @param holder the layer that the reference is in
     * @param layer the layer of the row that it names
     */
    public record EvaluatedJoin(String holder, String layer) {}

    /** A condition. */
    @FunctionalInterface
    public interface RowTest {
        Truth test(Scope scope);
    }

    /** An operand. */
    @FunctionalInterface
    public interface RowValue {
        /** Returns the operand's value, of the class that its kind names. */
        @Nullable Object of(Scope scope);
    }

    /**
     * Returns a function that says what the condition comes to.
     *
     * @throws IllegalArgumentException when the condition orders JSON values, or has an unbound parameter
     */
    public RowTest test(Condition condition) {
        if (condition instanceof Condition.And all) {
            List<RowTest> tests = tests(all.conditions());
            return scope -> {
                Truth result = Truth.TRUE;
                for (RowTest test : tests) {
                    result = result.and(test.test(scope));
                    if (result == Truth.FALSE) {
                        return result;
                    }
                }
                return result;
            };
        }
        if (condition instanceof Condition.Or any) {
            List<RowTest> tests = tests(any.conditions());
            return scope -> {
                Truth result = Truth.FALSE;
                for (RowTest test : tests) {
                    result = result.or(test.test(scope));
                    if (result == Truth.TRUE) {
                        return result;
                    }
                }
                return result;
            };
        }
        if (condition instanceof Condition.Not not) {
            RowTest test = test(not.condition());
            return scope -> test.test(scope).not();
        }
        if (condition instanceof Condition.Compare compare) {
            return compare(compare);
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf(oneOf);
        }
        if (condition instanceof Condition.RefersTo refers) {
            return refersTo(refers);
        }
        if (condition instanceof Condition.Matches matches) {
            PatternMatcher matcher = new PatternMatcher(matches.pattern());
            Operands.Reader reader = Operands.reader(matches.operand());
            return scope -> reader.read(scope) instanceof String text ? Truth.of(matcher.matches(text)) : Truth.UNKNOWN;
        }
        if (condition instanceof Condition.IsNull isNull) {
            Operands.Reader reader = Operands.reader(isNull.operand());
            return scope -> Truth.of(reader.read(scope) == null);
        }
        if (condition instanceof Condition.SealedMatch opened) {
            return opened(opened);
        }
        return anyElement((Condition.AnyElement) condition);
    }

    private static RowTest opened(Condition.SealedMatch opened) {
        RowValue sealed = Operands.output(opened.sealed());
        RowValue id = Operands.output(opened.id());
        return scope -> {
            Object stored = sealed.of(scope);
            return stored == null
                    ? Truth.UNKNOWN
                    : Truth.of(opened.opening().finds(String.valueOf(stored), String.valueOf(id.of(scope))));
        };
    }

    /** Returns a function that answers the operand's values. */
    public RowValue value(Operand operand) {
        return Operands.output(operand);
    }

    /** Returns the order of rows under sort keys, none of which is an aggregate or orders JSON values. */
    public Comparator<Scope> order(List<SortKey> keys) {
        List<Comparator<Scope>> each = new ArrayList<>();
        for (SortKey key : keys) {
            if (!(key.output() instanceof Output.Value value)) {
                throw new IllegalArgumentException("Rows that are not grouped cannot be sorted by an aggregate");
            }
            Operands.Reader reader = Operands.reader(value.operand());
            Comparator<@Nullable Object> values = Values.order(key.direction(), key.nulls());
            each.add((left, right) -> values.compare(reader.read(left), reader.read(right)));
        }
        return (left, right) -> {
            for (Comparator<Scope> key : each) {
                int result = key.compare(left, right);
                if (result != 0) {
                    return result;
                }
            }
            return 0;
        };
    }

    /**
     * Returns a function that adds the row which a join finds. It is looked up when one of its columns is first asked
     * for.
     */
    public UnaryOperator<Scope> join(Join join) {
        EvaluatedJoin evaluatedJoin = evaluatedJoins.of(join);
        ReferenceReader references = new ReferenceReader(evaluatedJoin.holder(), evaluatedJoin.layer(), join.target());
        Operands.Reader reader = Operands.reader(join.reference());
        return scope -> scope.with(join.source(), new Joined(() -> {
            String id = reader.read(scope) instanceof String text ? references.id(text) : null;
            Scope.SourceRow row = id == null ? null : lookup.find(evaluatedJoin.layer(), join.target(), id);
            return row == null
                            || join.unless()
                                    .filter(column -> row.get(column.name()) != null)
                                    .isPresent()
                    ? null
                    : row;
        }));
    }

    /** A row that is found when it is needed; without columns where there is none. */
    private static final class Joined implements Scope.SourceRow {
        private final Supplier<Scope.@Nullable SourceRow> find;
        private Scope.@Nullable SourceRow row;
        private boolean found;

        Joined(Supplier<Scope.@Nullable SourceRow> find) {
            this.find = find;
        }

        @Override
        public @Nullable Object get(String column) {
            if (!found) {
                row = find.get();
                found = true;
            }
            return row == null ? null : row.get(column);
        }
    }

    /**
     * Returns the answer to a selection. Rows pass one by one, except where the selection orders or groups.
     *
     * @param rows all rows of the table selected from, each as source 0; closing the answer closes it
     * @return rows of the selection's outputs
     * @throws IllegalArgumentException when the selection makes no sense: it orders by JSON values, or asks for a value that
     *     it does not group by
     * @throws dev.korm.ValueException when a whole sum is beyond 64 bits
     */
    public Stream<Row> select(Selection selection, Stream<Scope> rows) {
        return new Selecting(this, selection, held -> {}).answer(rows);
    }

    /**
     * Works as {@link #select(Selection, Stream)}, with a bound on what is held in memory.
     *
     * @param held is told how many rows to be sorted, or groups, are held, whenever there is one more; what it throws ends the answer
     */
    public Stream<Row> select(Selection selection, Stream<Scope> rows, LongConsumer held) {
        return new Selecting(this, selection, held).answer(rows);
    }

    private List<RowTest> tests(List<Condition> conditions) {
        return conditions.stream().map(this::test).toList();
    }

    private static RowTest compare(Condition.Compare compare) {
        Operand operand = compare.operand();
        Comparison comparison = compare.comparison();
        if (Operands.isJson(operand.kind()) && comparison != Comparison.EQUAL && comparison != Comparison.NOT_EQUAL) {
            throw new IllegalArgumentException("JSON values have no order, " + comparison + " cannot be asked of them");
        }
        Operands.Reader reader = Operands.reader(operand);
        Object constant = Operands.constant(operand, compare.value());
        boolean anySort = Operands.isForeign(operand);
        return scope -> {
            Object value = reader.read(scope);
            if (value == null || !(anySort || Values.comparable(value, constant))) {
                return Truth.UNKNOWN;
            }
            return Truth.of(
                    switch (comparison) {
                        case EQUAL -> Values.comparable(value, constant) && Values.same(value, constant);
                        case NOT_EQUAL -> !Values.comparable(value, constant) || !Values.same(value, constant);
                        case LESS -> Values.compare(value, constant) < 0;
                        case LESS_OR_EQUAL -> Values.compare(value, constant) <= 0;
                        case GREATER -> Values.compare(value, constant) > 0;
                        case GREATER_OR_EQUAL -> Values.compare(value, constant) >= 0;
                    });
        };
    }

    private static RowTest oneOf(Condition.OneOf oneOf) {
        if (oneOf.values().isEmpty()) {
            return scope -> Truth.FALSE;
        }
        Operands.Reader reader = Operands.reader(oneOf.operand());
        List<Object> constants = new ArrayList<>();
        for (Object value : oneOf.values()) {
            constants.add(Operands.constant(oneOf.operand(), value));
        }
        return scope -> {
            Object value = reader.read(scope);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            Truth result = Truth.FALSE;
            for (Object constant : constants) {
                if (!Values.comparable(value, constant)) {
                    result = Truth.UNKNOWN;
                } else if (Values.same(value, constant)) {
                    return Truth.TRUE;
                }
            }
            return result;
        };
    }

    private RowTest refersTo(Condition.RefersTo refers) {
        if (refers.ids().isEmpty()) {
            return scope -> Truth.FALSE;
        }
        if (refers.ids().stream().anyMatch(Condition.Parameter.class::isInstance)) {
            throw new IllegalArgumentException("A parameter stands where a constant has to be; bind it first");
        }
        Set<Object> ids = new HashSet<>(refers.ids());
        ReferenceReader references = new ReferenceReader(layer, refers.layer(), refers.target());
        Operands.Reader reader = Operands.reader(refers.reference());
        return scope -> {
            if (!(reader.read(scope) instanceof String text)) {
                return Truth.UNKNOWN;
            }
            String id = references.id(text);
            return Truth.of(id != null && ids.contains(id));
        };
    }

    private RowTest anyElement(Condition.AnyElement any) {
        Operands.Reader container = Operands.reader(any.container());
        List<UnaryOperator<Scope>> joins = any.joins().stream().map(this::join).toList();
        RowTest test = test(any.condition());
        return scope -> {
            for (JsonValue element : elements(container.read(scope), any.members())) {
                Scope inner = scope.withElement(any.source(), element);
                for (UnaryOperator<Scope> join : joins) {
                    inner = join.apply(inner);
                }
                if (test.test(inner).isTrue()) {
                    return Truth.TRUE;
                }
            }
            return Truth.FALSE;
        };
    }

    private static Collection<JsonValue> elements(@Nullable Object container, Condition.Members members) {
        if (container instanceof JsonArray array) {
            return array.entries();
        }
        return container instanceof JsonObject object && members == Condition.Members.ENTRIES_OR_VALUES
                ? object.members().values()
                : List.of();
    }
}
