package dev.korm.jdbc.server;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;

/** Answers that are fetched whole, since they have few rows by what is asked. */
final class FewRows {
    private static final int MOST = 50;

    private FewRows() {}

    /** Returns whether the answer has few rows, whatever the table holds. */
    static boolean areSelectedBy(Selection selection) {
        if (selection.limit().isPresent() && selection.limit().getAsLong() <= MOST) {
            return true;
        }
        boolean oneRow = selection.groupBy().isEmpty()
                && !selection.outputs().isEmpty()
                && selection.outputs().stream().noneMatch(Output.Value.class::isInstance);
        return oneRow || selection.where().conjuncts().anyMatch(FewRows::isOfOneKey);
    }

    private static boolean isOfOneKey(Condition where) {
        return where instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && compare.operand() instanceof Operand.Column column
                && column.kind() == ColumnKind.ID
                && column.source() == 0;
    }
}
