package dev.korm.jdbc.sql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A selection whose constants were taken out, so that selections which differ by them alone have one, and are written as SQL
 * once.
 *
 * @param selection has parameters where the constants were
 * @param constants what is to be bound to them
 */
public record ParameterizedSelection(Selection selection, List<Object> constants) {
    /**
     * Returns the skeleton of a selection from one table that compares columns with constants; empty for any other.
     * What is written for such a one hangs on the kinds of its columns, and neither on a constant nor on what else the
     * table has.
     */
    public static Optional<ParameterizedSelection> of(Selection selection) {
        if (!selection.joins().isEmpty() || !selection.groupBy().isEmpty() || !areColumns(selection)) {
            return Optional.empty();
        }
        List<Object> constants = new ArrayList<>(4);
        Optional<Condition> where = without(selection.where(), constants);
        return where.isEmpty()
                ? Optional.empty()
                : Optional.of(new ParameterizedSelection(selection.withWhere(where.get()), constants));
    }

    private static boolean areColumns(Selection selection) {
        for (Output output : selection.outputs()) {
            if (!isColumn(output)) {
                return false;
            }
        }
        for (SortKey key : selection.order()) {
            if (!isColumn(key.output())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isColumn(Output output) {
        return output instanceof Output.Value value && value.operand() instanceof Operand.Column;
    }

    private static Optional<Condition> without(Condition condition, List<Object> constants) {
        if (condition instanceof Condition.Compare compare
                && compare.operand() instanceof Operand.Column column
                && isOwn(column.kind(), compare.value())) {
            constants.add(compare.value());
            return Optional.of(new Condition.Compare(
                    column, compare.comparison(), new Condition.Parameter(constants.size() - 1, column.kind())));
        }
        if (condition instanceof Condition.And all) {
            List<Condition> some = new ArrayList<>(all.conditions().size());
            for (Condition each : all.conditions()) {
                Optional<Condition> without = without(each, constants);
                if (without.isEmpty()) {
                    return Optional.empty();
                }
                some.add(without.get());
            }
            return Optional.of(new Condition.And(some));
        }
        return Optional.empty();
    }

    /** Returns whether the constant is of the class that the kind names. */
    private static boolean isOwn(ColumnKind kind, Object constant) {
        return switch (kind) {
            case INTEGER -> constant instanceof Long;
            case REAL -> constant instanceof Double;
            case BOOLEAN -> constant instanceof Boolean;
            case ID, TEXT, FINGERPRINT -> constant instanceof String;
            case RN, DECIMAL, BYTES, JSON, ENCRYPTED, OTHER -> false;
        };
    }
}
