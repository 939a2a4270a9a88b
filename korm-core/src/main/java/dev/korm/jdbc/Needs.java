package dev.korm.jdbc;

import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables and columns that a statement cannot do without. */
final class Needs {
    private final Map<Integer, TableName> sources = new HashMap<>();
    private final Map<TableName, Set<String>> columns = new LinkedHashMap<>();

    static Needs of(Selection selection) {
        Needs needs = new Needs();
        needs.source(0, selection.from());
        needs.column(selection.from(), selection.from().key());
        selection.joins().forEach(needs::join);
        selection.outputs().forEach(needs::output);
        needs.condition(selection.where());
        selection.groupBy().forEach(needs::operand);
        for (SortKey key : selection.order()) {
            needs.output(key.output());
        }
        return needs;
    }

    static Needs of(TableName table, Iterable<String> names) {
        Needs needs = new Needs();
        needs.source(0, table);
        needs.column(table, table.key());
        names.forEach(name -> needs.column(table, name));
        return needs;
    }

    /** The first table. */
    TableName first() {
        return columns.keySet().iterator().next();
    }

    /** The first table of which something is not there. */
    Optional<TableName> missing(Tables tables) throws SQLException {
        for (Map.Entry<TableName, Set<String>> entry : columns.entrySet()) {
            Optional<TableShape> shape = tables.read(entry.getKey());
            if (shape.isEmpty() || !entry.getValue().stream().allMatch(shape.get()::has)) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    private void source(int number, TableName table) {
        sources.put(number, table);
        columns.computeIfAbsent(table, name -> new LinkedHashSet<>());
    }

    private void column(TableName table, String name) {
        columns.computeIfAbsent(table, key -> new LinkedHashSet<>()).add(name);
    }

    private void join(Join join) {
        source(join.source(), join.target());
        column(join.target(), join.target().key());
        operand(join.reference());
    }

    private void output(Output output) {
        if (output instanceof Output.Value value) {
            operand(value.operand());
        } else if (output instanceof Output.Aggregate aggregate) {
            operand(aggregate.operand());
        }
    }

    private void operand(Operand operand) {
        if (operand instanceof Operand.Column column) {
            TableName table = sources.get(column.source());
            // The revision is not needed to read: a table without it answers 0.
            if (table != null && !column.name().equals(TableName.REVISION)) {
                column(table, column.name());
            }
        } else if (operand instanceof Operand.Json json) {
            operand(json.document());
        } else if (operand instanceof Operand.FirstOf first) {
            first.operands().forEach(this::operand);
        }
    }

    private void condition(Condition condition) {
        if (condition instanceof Condition.All all) {
            all.conditions().forEach(this::condition);
        } else if (condition instanceof Condition.Any any) {
            any.conditions().forEach(this::condition);
        } else if (condition instanceof Condition.Not not) {
            condition(not.condition());
        } else if (condition instanceof Condition.Compare compare) {
            operand(compare.operand());
        } else if (condition instanceof Condition.OneOf oneOf) {
            operand(oneOf.operand());
        } else if (condition instanceof Condition.RefersTo refers) {
            operand(refers.reference());
        } else if (condition instanceof Condition.Matches matches) {
            operand(matches.operand());
        } else if (condition instanceof Condition.IsNull isNull) {
            operand(isNull.operand());
        } else if (condition instanceof Condition.AnyElement any) {
            operand(any.container());
            any.joins().forEach(this::join);
            condition(any.condition());
        }
    }

    /** Looks at tables as they are now. */
    interface Tables {
        Optional<TableShape> read(TableName table) throws SQLException;
    }
}
