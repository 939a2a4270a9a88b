package dev.korm.jdbc.sql;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;

/** Columns that are null in no row of a selection, since they are keys or since its condition lets no null through. */
final class NullRejection {
    private NullRejection() {}

    /** Returns whether the output is known to be null in no selected row. */
    static boolean holds(Selection selection, Output output) {
        return output instanceof Output.Value value
                && value.operand() instanceof Operand.Column column
                && (isKey(selection, column) || rejects(selection.where(), column));
    }

    /** Checks for a value that cannot be null: the first table's rows are all there, and a key is never null; a joined one may have found no row. */
    private static boolean isKey(Selection selection, Operand.Column column) {
        return column.source() == 0 && column.name().equals(selection.from().key());
    }

    /** Returns whether the condition is true for no row in which the column is null. */
    private static boolean rejects(Condition condition, Operand.Column column) {
        if (condition instanceof Condition.And and) {
            return and.conditions().stream().anyMatch(part -> rejects(part, column));
        }
        if (condition instanceof Condition.Or or) {
            return or.conditions().stream().allMatch(part -> rejects(part, column));
        }
        if (condition instanceof Condition.Compare compare) {
            return compare.operand().equals(column);
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf.operand().equals(column);
        }
        return condition instanceof Condition.Not not
                && not.condition() instanceof Condition.IsNull isNull
                && isNull.operand().equals(column);
    }
}
