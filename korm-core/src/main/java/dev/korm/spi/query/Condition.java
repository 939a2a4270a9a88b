package dev.korm.spi.query;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A predicate over a row, with SQL's three-valued logic: a comparison with null is unknown, {@link Not} of unknown is
 * unknown, and only rows for which the whole is true are selected. {@link AnyElement} and {@link IsNull} are never
 * unknown.
 *
 * <p>Constants have the Java class that {@link ColumnKind} names for the operand's kind; beside an operand of kind
 * INTEGER, REAL or DECIMAL any of {@link Long}, {@link Double} and {@link java.math.BigDecimal} may stand and is compared
 * by exact value. Constants are never null.
 *
 * <p>A layer looks through a condition, or makes another of it, without a case for every kind:
 *
 * <pre>{@code
 * boolean searches = where.walk().anyMatch(Condition.Matches.class::isInstance);
 *
 * Condition bound(Condition condition) {
 *     return condition instanceof Condition.Compare compare ? bound(compare) : condition.map(this::bound);
 * }
 * }</pre>
 */
public sealed interface Condition {
    /** Every row. */
    Condition ALWAYS = new And(List.of());

    /** No row. */
    Condition NEVER = new Or(List.of());

    // None of these is a default method: with one, initializing a record would initialize this interface,
    // whose constants need the record, and two threads could wait for each other.

    /** Returns the conditions that this one is made of, the one on elements among them; none where it is a leaf. */
    List<Condition> conditions();

    /** Returns the operands of this condition itself, without those of its parts. */
    List<Operand> operands();

    /** Returns the joins that are made for this condition alone. */
    List<Join> joins();

    /** Returns this condition with its parts replaced. */
    Condition map(UnaryOperator<Condition> change);

    /** Returns this condition with the operands that it itself looks at replaced. */
    Condition mapOperands(UnaryOperator<Operand> change);

    /** Returns this condition and all within it, each before its parts. */
    Stream<Condition> walk();

    /** Returns the conditions that all have to hold for this one to hold. */
    Stream<Condition> conjuncts();

    /** Conditions put together by SQL's AND, OR and NOT. */
    sealed interface Connective extends Condition {
        @Override
        default List<Operand> operands() {
            return List.of();
        }

        @Override
        default List<Join> joins() {
            return List.of();
        }

        @Override
        default Condition mapOperands(UnaryOperator<Operand> change) {
            return this;
        }

        @Override
        default Stream<Condition> walk() {
            return Stream.concat(Stream.of(this), conditions().stream().flatMap(Condition::walk));
        }

        @Override
        default Stream<Condition> conjuncts() {
            return Stream.of(this);
        }
    }

    /** A condition that no others are part of. */
    sealed interface Leaf extends Condition {
        @Override
        default List<Condition> conditions() {
            return List.of();
        }

        @Override
        default List<Join> joins() {
            return List.of();
        }

        @Override
        default Condition map(UnaryOperator<Condition> change) {
            return this;
        }

        @Override
        default Stream<Condition> walk() {
            return Stream.of(this);
        }

        @Override
        default Stream<Condition> conjuncts() {
            return Stream.of(this);
        }
    }

    /** True when all are; the empty list is true. None of them is itself an {@code And}, whose conditions stand in its place. */
    record And(List<Condition> conditions) implements Connective {
        public And {
            conditions = FlatConditions.of(conditions, And.class);
        }

        @Override
        public Condition map(UnaryOperator<Condition> change) {
            return new And(conditions.stream().map(change).toList());
        }

        @Override
        public Stream<Condition> conjuncts() {
            return conditions.stream().flatMap(Condition::conjuncts);
        }
    }

    /** True when one is; the empty list is false. None of them is itself an {@code Or}, whose conditions stand in its place. */
    record Or(List<Condition> conditions) implements Connective {
        public Or {
            conditions = FlatConditions.of(conditions, Or.class);
        }

        @Override
        public Condition map(UnaryOperator<Condition> change) {
            return new Or(conditions.stream().map(change).toList());
        }
    }

    /** SQL's NOT. */
    record Not(Condition condition) implements Connective {
        @Override
        public List<Condition> conditions() {
            return List.of(condition);
        }

        @Override
        public Condition map(UnaryOperator<Condition> change) {
            return new Not(change.apply(condition));
        }
    }

    /** A comparison with a constant. JSON operands know only EQUAL and NOT_EQUAL; RNs compare as texts. */
    record Compare(Operand operand, Comparison comparison, Object value) implements Leaf {
        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new Compare(change.apply(operand), comparison, value);
        }
    }

    /** Equality with one of several constants, none of them null; the empty list is false. */
    record OneOf(Operand operand, List<Object> values) implements Leaf {
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new OneOf(change.apply(operand), values);
        }
    }

    /**
     * A reference that names one of several items. The operand is the canonical text of an item's RN, its namespace and kind
     * are the target's, its {@code from} mod is {@code layer} or, where {@code layer} is the layer that is asked, absent, and
     * its id is one of those. Unknown where the operand is null; the empty list is false.
     *
     * @param layer the layer that the items are in, which need not be the one that is asked
     */
    record RefersTo(Operand reference, String layer, TableName target, List<Object> ids) implements Leaf {
        public RefersTo {
            ids = List.copyOf(ids);
        }

        @Override
        public List<Operand> operands() {
            return List.of(reference);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new RefersTo(change.apply(reference), layer, target, ids);
        }
    }

    /**
     * Stands for a constant of {@link Compare}, {@link OneOf} or {@link RefersTo} that is named when the selection is asked; only for {@code Layer.compile} and {@code Layer.explain}.
     *
     * @param index the constant's place among those given to {@code CompiledSelection.select}, from 0; one constant may
     *     stand in several places
     * @param kind what the constant is: of the class that the kind names, or for INTEGER, REAL and DECIMAL any of {@link
     *     Long}, {@link Double} and {@link java.math.BigDecimal}
     */
    record Parameter(int index, ColumnKind kind) {}

    /** A text that fits a pattern. */
    record Matches(Operand operand, TextPattern pattern) implements Leaf {
        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new Matches(change.apply(operand), pattern);
        }
    }

    /** Null, or absent. */
    record IsNull(Operand operand) implements Leaf {
        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new IsNull(change.apply(operand));
        }
    }

    /**
     * A sealed value that is, when it is opened, one that is asked for. No layer is asked it: only the engine has the keys, and it
     * opens the rows that the conditions beside it let through. Unknown where the operand is null.
     *
     * @param sealed a column of sealed values
     * @param id the key of the row that it is in
     */
    record SealedMatch(Operand sealed, Operand id, SealedMatcher opening) implements Leaf {
        @Override
        public List<Operand> operands() {
            return List.of(sealed, id);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new SealedMatch(change.apply(sealed), change.apply(id), opening);
        }
    }

    /** Opens sealed values of one column. Its text says nothing of what is asked for. */
    interface SealedMatcher {
        /** Returns whether what a row holds is a value that is asked for; false for what does not open. */
        boolean finds(String sealed, String id);
    }

    /**
     * True when some element of an array (or member's value of an object, see {@code members}) satisfies the condition;
     * false when none does, also where the operand is null or has no elements.
     *
     * @param source the number by which the condition's operands name the element
     * @param container a JSON value
     * @param joins joins from references within the element, numbered like all sources
     */
    record AnyElement(int source, Operand container, Members members, List<Join> joins, Condition condition)
            implements Condition {
        public AnyElement {
            joins = List.copyOf(joins);
        }

        @Override
        public List<Condition> conditions() {
            return List.of(condition);
        }

        @Override
        public Condition map(UnaryOperator<Condition> change) {
            return new AnyElement(source, container, members, joins, change.apply(condition));
        }

        @Override
        public List<Operand> operands() {
            return List.of(container);
        }

        @Override
        public Condition mapOperands(UnaryOperator<Operand> change) {
            return new AnyElement(source, change.apply(container), members, joins, condition);
        }

        @Override
        public Stream<Condition> walk() {
            return Stream.concat(Stream.of(this), condition.walk());
        }

        @Override
        public Stream<Condition> conjuncts() {
            return Stream.of(this);
        }

        /** Returns this condition with other joins. */
        public AnyElement withJoins(List<Join> others) {
            return new AnyElement(source, container, members, others, condition);
        }
    }

    /** The members that {@link AnyElement} visits. */
    enum Members {
        /** The entries of an array; anything else has none. */
        ENTRIES,
        /** The entries of an array or the values of an object; anything else has none. */
        ENTRIES_OR_VALUES
    }

    /** SQL's comparisons. */
    enum Comparison {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }
}
