package dev.korm.engine.read;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The indexes that a selection could use and its table does not have. Looks at fields of the table itself, not at nested data or at what is referred to. */
public final class IndexAdvice {
    private IndexAdvice() {}

    /** Returns sentences that say what to declare; none where nothing helps, or all is there. */
    static List<String> of(TableSchema table, Selection selection) {
        List<String> advice = new ArrayList<>();
        Set<String> filtered = new LinkedHashSet<>();
        if (!narrows(selection.where(), table, filtered) && !filtered.isEmpty()) {
            advice.add("The filter reads every row of " + selection.from() + ": declare @Indexed on "
                    + String.join(" or ", filtered));
        }
        unindexedOrder(table, selection)
                .filter(field -> !filtered.contains(field))
                .ifPresent(field -> advice.add(
                        "Each page sorts all matching rows of " + selection.from() + ": declare @Indexed on " + field));
        List<String> fields = unindexedFields(table, selection);
        if (!fields.isEmpty()) {
            advice.add("Each page sorts the rows of " + selection.from() + " that are equal in " + fields.get(0)
                    + ": declare @Indexed({\"" + String.join("\", \"", fields) + "\"})");
        }
        return advice;
    }

    /** Returns the first field of the order of a page, where the table has no index for it. */
    public static Optional<String> unindexedOrder(TableSchema table, Selection selection) {
        if (selection.limit().isEmpty() || selection.order().isEmpty()) {
            return Optional.empty();
        }
        return selection.order().get(0).output() instanceof Output.Value value
                        && value.operand() instanceof Operand.Column column
                        && column.source() == 0
                        && isField(column.name())
                        && !isServed(table, column.name(), compared(selection.where(), new HashSet<>()))
                ? Optional.of(column.name())
                : Optional.empty();
    }

    /** Returns the fields of the order of a page, where an index has the first of them and none has all; empty elsewhere. */
    private static List<String> unindexedFields(TableSchema table, Selection selection) {
        if (selection.limit().isEmpty() || unindexedOrder(table, selection).isPresent()) {
            return List.of();
        }
        Set<String> compared = compared(selection.where(), new HashSet<>());
        List<String> fields = new ArrayList<>();
        for (SortKey key : selection.order()) {
            if (!(key.output() instanceof Output.Value value
                    && value.operand() instanceof Operand.Column column
                    && column.source() == 0)) {
                return List.of();
            }
            if (column.name().equals(selection.from().key())) {
                break;
            }
            if (!isField(column.name())) {
                return List.of();
            }
            if (!compared.contains(column.name())) {
                fields.add(column.name());
            }
        }
        boolean isServed =
                fields.size() < 2 || table.indexes().stream().anyMatch(index -> begins(index, fields, compared));
        return isServed ? List.of() : fields;
    }

    /** Returns whether an index has fields in their order, behind and between columns of which the rows have one value. */
    private static boolean begins(IndexSchema index, List<String> fields, Set<String> compared) {
        int at = 0;
        for (Operand part : index.parts()) {
            if (at == fields.size() || !(part instanceof Operand.Column column)) {
                break;
            }
            if (column.name().equals(fields.get(at))) {
                at++;
            } else if (!compared.contains(column.name())) {
                break;
            }
        }
        return at == fields.size();
    }

    /** Returns the columns that have one value in all rows that fulfil a condition. */
    private static Set<String> compared(Condition condition, Set<String> columns) {
        if (condition instanceof Condition.And all) {
            all.conditions().forEach(part -> compared(part, columns));
        } else if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && compare.operand() instanceof Operand.Column column
                && column.source() == 0) {
            columns.add(column.name());
        }
        return columns;
    }

    /** Returns whether an index has the rows in the order of a column, behind columns of which they have one value. */
    private static boolean isServed(TableSchema table, String ordered, Set<String> compared) {
        if (compared.contains(ordered)) {
            return true;
        }
        for (IndexSchema index : table.indexes()) {
            for (Operand part : index.parts()) {
                if (!(part instanceof Operand.Column column)) {
                    break;
                }
                if (column.name().equals(ordered)) {
                    return true;
                }
                if (!compared.contains(column.name())) {
                    break;
                }
            }
        }
        return false;
    }

    /**
     * Returns whether an index can narrow down the rows that fulfil a condition.
     *
     * @param fields gets the fields for which an index would
     */
    private static boolean narrows(Condition condition, TableSchema table, Set<String> fields) {
        if (condition instanceof Condition.And all) {
            boolean any = false;
            for (Condition part : all.conditions()) {
                any |= narrows(part, table, fields);
            }
            return any;
        }
        if (condition instanceof Condition.Or any) {
            boolean each = true;
            for (Condition part : any.conditions()) {
                each &= narrows(part, table, fields);
            }
            return each;
        }
        if (condition instanceof Condition.Compare compare) {
            return compare.comparison() != Condition.Comparison.NOT_EQUAL && uses(compare.operand(), table, fields);
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return uses(oneOf.operand(), table, fields);
        }
        if (condition instanceof Condition.IsNull none) {
            // Beside a comparison of fingerprints, for rows that have none; of a field, null may be most of what there
            // is.
            return none.operand() instanceof Operand.Column column
                    && !isField(column.name())
                    && uses(column, table, fields);
        }
        return condition instanceof Condition.RefersTo refers && uses(refers.reference(), table, fields);
    }

    private static boolean uses(Operand operand, TableSchema table, Set<String> fields) {
        if (!(operand instanceof Operand.Column column) || column.source() != 0) {
            return false;
        }
        if (column.name().equals(TableName.ID) || isIndexed(table, column.name())) {
            return true;
        }
        if (isField(column.name())) {
            fields.add(column.name());
        }
        return false;
    }

    private static boolean isField(String column) {
        return !column.startsWith("__korm_") && !column.equals(TableName.ID) && !column.equals(TableName.REVISION);
    }

    private static boolean isIndexed(TableSchema table, String column) {
        for (IndexSchema index : table.indexes()) {
            if (index.parts().get(0) instanceof Operand.Column first
                    && first.name().equals(column)) {
                return true;
            }
        }
        return false;
    }
}
