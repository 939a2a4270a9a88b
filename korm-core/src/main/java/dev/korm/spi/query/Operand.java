package dev.korm.spi.query;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value that a condition looks at, that rows are ordered by, or that a selection returns.
 *
 * <p>Sources are numbered within a {@link Selection}: 0 is the table selected from, the others are its
 * {@linkplain Join joins} and the {@linkplain Condition.AnyElement elements} of arrays.
 */
public sealed interface Operand {
    /** Returns the kind of the operand's values. */
    ColumnKind kind();

    /**
     * Returns the operands that this one takes its value from; none where it is a column, an element, or always null.
     */
    default List<Operand> operands() {
        return List.of();
    }

    /** Returns this operand with the operands that it takes its value from replaced. */
    default Operand map(UnaryOperator<Operand> change) {
        return this;
    }

    /** Returns the columns that the value comes from. */
    default Stream<Column> columns() {
        return operands().stream().flatMap(Operand::columns);
    }

    /** Returns the numbers of the tables and elements that the value comes from. */
    default Set<Integer> sources() {
        return operands().stream()
                .flatMap(operand -> operand.sources().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * A column of a table; null where an outer join found no row. A JSON column that holds JSON's null is not null. The
     * revision of an item table that has no such column yet is 0. A column of kind OTHER may hold values of several sorts:
     * booleans, numbers, texts, bytes, which are compared with a constant of another sort in this order.
     */
    record Column(int source, String name, ColumnKind kind) implements Operand {
        @Override
        public Stream<Column> columns() {
            return Stream.of(this);
        }

        @Override
        public Set<Integer> sources() {
            return Set.of(source);
        }
    }

    /**
     * A value inside a JSON value. A value of another kind than asked for is null: a text is no number, a boolean is
     * neither. {@link ColumnKind#INTEGER} and {@link ColumnKind#REAL} both mean any number, {@link ColumnKind#DECIMAL} a
     * text that is a decimal number or a number, {@link ColumnKind#JSON} any value but null, {@link ColumnKind#OTHER} a
     * scalar of any kind, {@link ColumnKind#BYTES} a text, which is compared as base64.
     *
     * <p>As INTEGER, REAL and OTHER a number is the 64-bit whole number that is written, or the nearest double; as DECIMAL
     * and JSON it is exactly what is written. Scalars of any kind are ordered booleans, numbers, texts; beside a constant
     * of another kind such a scalar is null.
     *
     * @param document a JSON column, an element, or a JSON value inside one of them
     */
    record Json(Operand document, JsonPath path, ColumnKind kind) implements Operand {
        @Override
        public List<Operand> operands() {
            return List.of(document);
        }

        @Override
        public Operand map(UnaryOperator<Operand> change) {
            return new Json(change.apply(document), path, kind);
        }
    }

    /** The element at hand of the array that {@link Condition.AnyElement} walks, a JSON value; JSON's null is null. */
    record Element(int source) implements Operand {
        @Override
        public ColumnKind kind() {
            return ColumnKind.JSON;
        }

        @Override
        public Set<Integer> sources() {
            return Set.of(source);
        }
    }

    /** The first of several that is not null. All are of one kind, columns or values inside JSON, not both for BYTES. */
    record Coalesce(List<Operand> operands) implements Operand {
        public Coalesce {
            operands = List.copyOf(operands);
        }

        @Override
        public Operand map(UnaryOperator<Operand> change) {
            return new Coalesce(operands.stream().map(change).toList());
        }

        @Override
        public ColumnKind kind() {
            return operands.get(0).kind();
        }
    }

    /**
     * A constant, which stands for a null before it in {@link Coalesce}: the default of a field.
     *
     * @param value of the class that the kind names
     * @param witness null where the constant is always there; else it is null where this operand is: what holds the field is not there either
     */
    record Constant(Object value, ColumnKind kind, @Nullable Operand witness) implements Operand {
        @Override
        public List<Operand> operands() {
            return witness == null ? List.of() : List.of(witness);
        }

        @Override
        public Operand map(UnaryOperator<Operand> change) {
            return witness == null ? this : new Constant(value, kind, change.apply(witness));
        }
    }

    /** Returns whether a constant is part of it. */
    default boolean holdsConstant() {
        return this instanceof Constant || operands().stream().anyMatch(Operand::holdsConstant);
    }

    /** Always null: a field whose column does not exist yet. */
    record Absent(ColumnKind kind) implements Operand {}
}
