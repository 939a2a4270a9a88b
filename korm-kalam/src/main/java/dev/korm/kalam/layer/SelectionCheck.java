package dev.korm.kalam.layer;

import dev.korm.kalam.layer.ledger.StoredSchema;
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
import java.util.regex.Pattern;

/** A walk through a selection before it is answered: every table and column must be there. */
final class SelectionCheck {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Map<String, StoredSchema> tables;
    private final Map<Integer, StoredSchema> sources = new HashMap<>();
    private int constants;

    private SelectionCheck(Map<String, StoredSchema> tables) {
        this.tables = tables;
    }

    /** Checks it all, and returns how many constants it has. */
    static int check(Selection selection, Map<String, StoredSchema> tables) {
        SelectionCheck check = new SelectionCheck(tables);
        check.table(0, selection.from());
        check.joins(selection.joins());
        check.condition(selection.where());
        selection.outputs().forEach(check::output);
        selection.groupBy().forEach(check::operand);
        for (SortKey key : selection.order()) {
            check.output(key.output());
        }
        return check.constants;
    }

    /** Returns a table, which must be there. */
    static StoredSchema table(Map<String, StoredSchema> tables, TableName name) {
        StoredSchema table = tables.get(name.text());
        if (table == null) {
            throw new SchemaMovedException(name, new IllegalStateException("There is no such table"));
        }
        return table;
    }

    /** Refuses names that no store of korm's knows. */
    static void requireIdentifier(String column) {
        if (!IDENTIFIER.matcher(column).matches()) {
            throw new IllegalArgumentException("The name of a column is [A-Za-z_][A-Za-z0-9_]*");
        }
    }

    private void table(int source, TableName table) {
        sources.put(source, table(tables, table));
    }

    private void joins(List<Join> joins) {
        for (Join join : joins) {
            operand(join.reference());
            table(join.source(), join.target());
            join.unless().ifPresent(this::operand);
        }
    }

    private void output(Output output) {
        output.operands().forEach(this::operand);
    }

    private void condition(Condition condition) {
        if (condition instanceof Condition.AnyElement any) {
            operand(any.container());
            joins(any.joins());
        } else {
            condition.operands().forEach(this::operand);
        }
        if (condition instanceof Condition.Compare || condition instanceof Condition.Matches) {
            constants++;
        } else if (condition instanceof Condition.OneOf oneOf) {
            constants += oneOf.values().size();
        } else if (condition instanceof Condition.RefersTo refers) {
            constants += refers.ids().size();
        }
        condition.conditions().forEach(this::condition);
    }

    private void operand(Operand operand) {
        if (operand instanceof Operand.Column column) {
            requireIdentifier(column.name());
            StoredSchema table = sources.get(column.source());
            if (table == null) {
                throw new IllegalArgumentException("The selection has no source " + column.source());
            }
            boolean isMissingRevision = column.name().equals(TableName.REVISION)
                    && table.schema().table().isItems();
            if (!table.has(column.name()) && !isMissingRevision) {
                throw new SchemaMovedException(
                        table.schema().table(), new IllegalStateException("There is no column " + column.name()));
            }
        } else {
            operand.operands().forEach(this::operand);
        }
    }
}
