package dev.korm.jdbc;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns that a selection looks at, by the tables that its numbers name; the key is always among them, and first. */
final class NeededColumns {
    private final Map<Integer, TableName> tables = new LinkedHashMap<>();
    private final Map<Integer, Map<String, Operand.Column>> columns = new LinkedHashMap<>();
    private boolean joinsElements;

    NeededColumns(Selection selection) {
        source(0, selection.from());
        selection.joins().forEach(this::join);
        selection.outputs().forEach(this::output);
        condition(selection.where());
        selection.groupBy().forEach(this::operand);
        for (SortKey key : selection.order()) {
            output(key.output());
        }
    }

    /** Whether references inside JSON are followed from elements of arrays. */
    boolean joinsElements() {
        return joinsElements;
    }

    List<Operand.Column> of(int source) {
        return List.copyOf(columns.getOrDefault(source, Map.of()).values());
    }

    /** All that is looked at of a table, by whichever number; of source 0. */
    List<Operand.Column> of(TableName table) {
        Map<String, Operand.Column> all = new LinkedHashMap<>();
        tables.forEach((source, name) -> {
            if (name.equals(table)) {
                of(source)
                        .forEach(column -> all.put(column.name(), new Operand.Column(0, column.name(), column.kind())));
            }
        });
        return new ArrayList<>(all.values());
    }

    private void source(int source, TableName table) {
        tables.put(source, table);
        column(new Operand.Column(source, table.key(), ColumnKind.ID));
    }

    private void column(Operand.Column column) {
        columns.computeIfAbsent(column.source(), key -> new LinkedHashMap<>()).putIfAbsent(column.name(), column);
    }

    private void join(Join join) {
        source(join.source(), join.target());
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
            column(column);
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
            joinsElements |= !any.joins().isEmpty();
            any.joins().forEach(this::join);
            condition(any.condition());
        }
    }
}
