package dev.korm.spi.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A question to one layer.
 *
 * @param from the table, source 0
 * @param joins outer joins, each from an earlier source
 * @param outputs the columns of the answer, in order
 * @param where which rows
 * @param groupBy when not empty, or when an output is an aggregate, the answer has one row for each different combination
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

    /**
     * Returns whether the answer has a row for each group, or one for all rows together, instead of one for each row.
     */
    public boolean isGrouped() {
        return !groupBy.isEmpty() || outputs.stream().anyMatch(output -> !(output instanceof Output.Value));
    }

    /** Returns every join by its source, also those from elements of arrays, each after the one that it begins at. */
    public Map<Integer, Join> joinsBySource() {
        if (joins.isEmpty() && where.joins().isEmpty() && where.conditions().isEmpty()) {
            // Asked several times for each question, most of which are about one table.
            return Map.of();
        }
        Map<Integer, Join> all = new LinkedHashMap<>();
        Stream.concat(joins.stream(), where.walk().flatMap(condition -> condition.joins().stream()))
                .forEach(join -> all.put(join.source(), join));
        return all;
    }

    /** Returns every table by its source: the one selected from, then those of all joins. */
    public Map<Integer, TableName> tables() {
        Map<Integer, TableName> tables = new LinkedHashMap<>();
        tables.put(0, from);
        joinsBySource().forEach((source, join) -> tables.put(source, join.target()));
        return tables;
    }

    /** Returns every operand, those that conditions look at among them, but for the references of joins. */
    public List<Operand> operands() {
        List<Operand> operands = new ArrayList<>();
        outputs.forEach(output -> operands.addAll(output.operands()));
        where.walk().forEach(condition -> operands.addAll(condition.operands()));
        operands.addAll(groupBy);
        order.forEach(key -> operands.addAll(key.output().operands()));
        return operands;
    }

    /** Returns every column that is looked at by the source it is of, those of joins among them. */
    public Map<Integer, Set<Operand.Column>> columnsBySource() {
        Stream<Operand> ofJoins = joinsBySource().values().stream()
                .flatMap(join -> Stream.concat(Stream.of(join.reference()), join.unless().stream()));
        return Stream.concat(ofJoins, operands().stream())
                .flatMap(Operand::columns)
                .collect(Collectors.groupingBy(
                        Operand.Column::source, LinkedHashMap::new, Collectors.toCollection(LinkedHashSet::new)));
    }

    /** Returns this selection with another condition. */
    public Selection withWhere(Condition other) {
        return new Selection(from, joins, outputs, other, groupBy, order, limit);
    }

    /** Returns this selection with other joins. */
    public Selection withJoins(List<Join> others) {
        return new Selection(from, others, outputs, where, groupBy, order, limit);
    }

    /** Returns this selection in another order; without one where the list is empty. */
    public Selection withOrder(List<SortKey> other) {
        return new Selection(from, joins, outputs, where, groupBy, other, limit);
    }
}
