package dev.korm.spi;

import java.util.List;
import java.util.OptionalLong;

/**
 * A question to one layer.
 *
 * @param from the table, source 0
 * @param joins outer joins, each from an earlier source
 * @param outputs the columns of the answer, in order
 * @param where which rows
 * @param groupBy when not empty, or when an output is a figure, the answer has one row for each different combination
 * @param order the order of the rows; without one there is none
 * @param limit how many rows at the most
 */
public record Selection(
        TableName from,
        List<Join> joins,
        List<Output> outputs,
        Condition where,
        List<Operand> groupBy,
        List<SortKey> order,
        OptionalLong limit) {
    public Selection {
        joins = List.copyOf(joins);
        outputs = List.copyOf(outputs);
        groupBy = List.copyOf(groupBy);
        order = List.copyOf(order);
    }
}
