package dev.korm.testkit.memory;

import dev.korm.spi.Capabilities;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks a selection before it is answered: every table and column must be there, and nothing may be asked that the layer's
 * capabilities deny.
 */
final class SelectionCheck {
    private final MemoryStore.State state;
    private final Capabilities capabilities;
    private final Map<Integer, TableName> tables = new HashMap<>();
    private int constants;
    private int conditions;

    private SelectionCheck(MemoryStore.State state, Capabilities capabilities) {
        this.state = state;
        this.capabilities = capabilities;
    }

    /**
     * Checks it all.
     *
     * @return how many constants the selection has
     */
    static int check(Selection selection, MemoryStore.State state, Capabilities capabilities) {
        return new SelectionCheck(state, capabilities).check(selection);
    }

    private int check(Selection selection) {
        table(0, selection.from());
        joins(selection.joins());
        condition(selection.where());
        for (Output output : selection.outputs()) {
            output(output);
        }
        selection.groupBy().forEach(this::operand);
        for (SortKey key : selection.order()) {
            output(key.output());
        }
        require(constants <= capabilities.parameterLimit(), "that many constants");
        require(conditions <= capabilities.conditionLimit(), "that many conditions");
        return constants;
    }

    private void table(int source, TableName table) {
        if (state.table(table) == null) {
            throw new SchemaMovedException(table, new IllegalStateException("There is no such table"));
        }
        tables.put(source, table);
    }

    private void joins(List<Join> joins) {
        require(joins.isEmpty() || capabilities.has(Capabilities.Feature.JOINS), "joins");
        require(joins.size() <= capabilities.joinLimit(), "that many joins");
        for (Join join : joins) {
            operand(join.reference());
            table(join.source(), join.target());
        }
    }

    private void output(Output output) {
        if (output instanceof Output.Value value) {
            operand(value.operand());
        } else if (output instanceof Output.Aggregate aggregate) {
            operand(aggregate.operand());
        }
    }

    private void condition(Condition condition) {
        if (condition instanceof Condition.And all) {
            all.conditions().forEach(this::condition);
        } else if (condition instanceof Condition.Or any) {
            any.conditions().forEach(this::condition);
        } else if (condition instanceof Condition.Not not) {
            condition(not.condition());
        } else {
            require(
                    capabilities.pushdown().test(condition),
                    condition.getClass().getSimpleName());
            conditions++;
            leaf(condition);
        }
    }

    private void leaf(Condition condition) {
        if (condition instanceof Condition.Compare compare) {
            constants++;
            operand(compare.operand());
        } else if (condition instanceof Condition.OneOf oneOf) {
            constants += oneOf.values().size();
            operand(oneOf.operand());
        } else if (condition instanceof Condition.Matches matches) {
            constants++;
            operand(matches.operand());
        } else if (condition instanceof Condition.IsNull isNull) {
            operand(isNull.operand());
        } else if (condition instanceof Condition.AnyElement any) {
            operand(any.container());
            joins(any.joins());
            condition(any.condition());
        }
    }

    private void operand(Operand operand) {
        if (operand instanceof Operand.Column column) {
            MemoryTable.requireIdentifier(column.name());
            TableName name = tables.get(column.source());
            require(name != null, "source " + column.source() + ", which is none,");
            MemoryTable table = name == null ? null : state.table(name);
            if (table != null && !table.has(column.name()) && !table.lacksRevision(column.name())) {
                throw MemoryTable.moved(table.schema().table(), column.name());
            }
        } else if (operand instanceof Operand.Json json) {
            operand(json.document());
        } else if (operand instanceof Operand.Coalesce firstOf) {
            firstOf.operands().forEach(this::operand);
        }
    }

    private static void require(boolean allowed, String what) {
        if (!allowed) {
            throw new IllegalArgumentException("The selection asks for " + what + " which this layer cannot do");
        }
    }
}
