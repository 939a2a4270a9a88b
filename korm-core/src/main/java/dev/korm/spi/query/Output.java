package dev.korm.spi.query;

import java.util.List;

/** A column of a selection's answer. */
public sealed interface Output {
    /** Returns the kind of the column's values. */
    ColumnKind kind();

    /** Returns the operands from which the values are computed. */
    default List<Operand> operands() {
        return List.of();
    }

    /**
     * The operand's value in each row, or in each group when the operand is one that rows are grouped by: one of the
     * group's values, which are equal but may be written differently.
     */
    record Value(Operand operand) implements Output {
        @Override
        public ColumnKind kind() {
            return operand.kind();
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }
    }

    /** The number of rows, or of rows in the group: {@link ColumnKind#INTEGER}. */
    record Count() implements Output {
        @Override
        public ColumnKind kind() {
            return ColumnKind.INTEGER;
        }
    }

    /**
     * An aggregate over the operand's values that are not null; null where there are none.
     *
     * <p>SUM and AVERAGE are of INTEGER, REAL and DECIMAL; JSON has no MINIMUM and MAXIMUM. SUM of INTEGER is INTEGER, of REAL is REAL, of DECIMAL is DECIMAL; a whole sum beyond 64 bits is a
     * {@code ValueException}, and may be one already when only some of the values add up to that. AVERAGE is
     * REAL, of DECIMAL too. MINIMUM and MAXIMUM have the operand's kind; DISTINCT counts different values and is
     * INTEGER.
     */
    record Aggregate(Function function, Operand operand) implements Output {
        @Override
        public ColumnKind kind() {
            return switch (function) {
                case SUM, MINIMUM, MAXIMUM -> operand.kind();
                case AVERAGE -> ColumnKind.REAL;
                case DISTINCT -> ColumnKind.INTEGER;
            };
        }

        @Override
        public List<Operand> operands() {
            return List.of(operand);
        }
    }

    /** Aggregates over many rows. */
    enum Function {
        SUM,
        AVERAGE,
        MINIMUM,
        MAXIMUM,
        DISTINCT
    }
}
