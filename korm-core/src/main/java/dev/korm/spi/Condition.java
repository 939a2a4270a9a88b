package dev.korm.spi;

import java.util.List;

/**
 * What a row must satisfy, with SQL's three-valued logic: a comparison with null is unknown, {@link Not} of unknown is
 * unknown, and only rows for which the whole is true are selected. {@link AnyElement} and {@link IsNull} are never
 * unknown.
 *
 * <p>Constants have the Java class that {@link ColumnKind} names for the operand's kind; beside an operand of kind
 * INTEGER, REAL or DECIMAL any of {@link Long}, {@link Double} and {@link java.math.BigDecimal} may stand and is compared
 * by exact value. Constants are never null.
 */
public sealed interface Condition {
    /** Every row. */
    Condition ALWAYS = new All(List.of());

    /** No row. */
    Condition NEVER = new Any(List.of());

    /** True when all are; the empty list is true. */
    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
        }
    }

    /** True when one is; the empty list is false. */
    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
        }
    }

    /** SQL's NOT. */
    record Not(Condition condition) implements Condition {}

    /** A comparison with a constant. JSON operands know only EQUAL and NOT_EQUAL; RNs compare as texts. */
    record Compare(Operand operand, Comparison comparison, Object value) implements Condition {}

    /** Equality with one of several constants, none of them null; the empty list is false. */
    record OneOf(Operand operand, List<Object> values) implements Condition {
        public OneOf {
            values = List.copyOf(values);
        }
    }

    /**
     * A reference that names one of several items. The operand is the canonical text of an item's RN, its namespace and kind
     * are the target's, its {@code from} mod is {@code layer} or, where {@code layer} is the layer that is asked, absent, and
     * its id is one of those. Unknown where the operand is null; the empty list is false.
     *
     * @param layer the layer that the items are in, which need not be the one that is asked
     */
    record RefersTo(Operand reference, String layer, TableName target, List<Object> ids) implements Condition {
        public RefersTo {
            ids = List.copyOf(ids);
        }
    }

    /**
     * Stands for a constant of {@link Compare}, {@link OneOf} or {@link RefersTo} that is named when the selection is asked; only for {@link
     * Layer#compile} and {@link Layer#explain}.
     *
     * @param index the constant's place among those given to {@link CompiledSelection#select}, from 0; one constant may
     *     stand in several places
     * @param kind what the constant is: of the class that the kind names, or for INTEGER, REAL and DECIMAL any of {@link
     *     Long}, {@link Double} and {@link java.math.BigDecimal}
     */
    record Parameter(int index, ColumnKind kind) {}

    /** A text that fits a pattern. */
    record Matches(Operand operand, TextPattern pattern) implements Condition {}

    /** Null, or absent. */
    record IsNull(Operand operand) implements Condition {}

    /**
     * A sealed value that is, when it is opened, one that is asked for. No layer is asked it: only the engine has the keys, and it
     * opens the rows that the conditions beside it let through. Unknown where the operand is null.
     *
     * @param sealed a column of sealed values
     * @param id the key of the row that it is in
     */
    record Opened(Operand sealed, Operand id, Opening opening) implements Condition {}

    /** Opens sealed values of one column. Its text says nothing of what is asked for. */
    interface Opening {
        /** Whether what a row holds is a value that is asked for; false for what does not open. */
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
    }

    /** What {@link AnyElement} walks. */
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
