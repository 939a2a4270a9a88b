package dev.korm.jdbc.mysql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TextPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The boundary of what MySQL and MariaDB evaluate exactly as {@link Condition} and its like define. Not so: whatever
 * lies inside JSON, which their functions do not always see; folding, which goes by their own tables; sums of doubles
 * and of decimals of any length.
 */
final class MySqlExactness {
    private final Set<Integer> tables = new HashSet<>();
    private final List<Join> joins = new ArrayList<>();

    /** Takes every join of the selection that begins at a column, and so can be made by the database. */
    MySqlExactness(Selection selection) {
        tables.add(0);
        for (Join join : selection.joins()) {
            if (isValue(join.reference())) {
                tables.add(join.source());
                joins.add(join);
            }
        }
    }

    /** Returns the joins that the database makes. */
    List<Join> joins() {
        return joins;
    }

    /** Returns whether the database answers the selection by itself. */
    boolean isExact(Selection selection) {
        return joins.size() == selection.joins().size()
                && isExact(selection.where())
                && selection.outputs().stream().allMatch(this::isExact)
                && selection.groupBy().stream().allMatch(this::isComparable)
                && isOrdered(selection);
    }

    /** Returns whether the database orders the rows. */
    boolean isOrdered(Selection selection) {
        for (SortKey key : selection.order()) {
            boolean exact =
                    key.output() instanceof Output.Value value ? isComparable(value.operand()) : isExact(key.output());
            if (!exact) {
                return false;
            }
        }
        return true;
    }

    boolean isExact(Condition condition) {
        if (condition instanceof Condition.Connective connective) {
            return connective.conditions().stream().allMatch(this::isExact);
        }
        if (condition instanceof Condition.Compare compare) {
            return isComparable(compare.operand());
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf.values().isEmpty() || isComparable(oneOf.operand());
        }
        if (condition instanceof Condition.RefersTo refers) {
            return refers.ids().isEmpty()
                    || (isComparable(refers.reference()) && MySqlDialect.isText(refers.reference()));
        }
        if (condition instanceof Condition.IsNull isNull) {
            return isValue(isNull.operand());
        }
        if (condition instanceof Condition.Matches matches) {
            return isComparable(matches.operand())
                    && MySqlDialect.isText(matches.operand())
                    && matches.pattern().sensitivity() == TextPattern.Case.SENSITIVE;
        }
        return false;
    }

    private boolean isExact(Output output) {
        if (output instanceof Output.Value value) {
            return isValue(value.operand());
        }
        if (!(output instanceof Output.Aggregate aggregate)) {
            return true;
        }
        ColumnKind kind = aggregate.operand().kind();
        boolean comparable = isComparable(aggregate.operand()) && kind != ColumnKind.OTHER;
        return switch (aggregate.function()) {
            case SUM, AVERAGE -> comparable && kind == ColumnKind.INTEGER;
            case MINIMUM, MAXIMUM -> comparable && kind != ColumnKind.BYTES;
            case DISTINCT -> comparable;
        };
    }

    /** Returns whether the operand's values can be answered. */
    boolean isValue(Operand operand) {
        if (operand instanceof Operand.Column column) {
            return tables.contains(column.source());
        }
        if (operand instanceof Operand.Coalesce first) {
            return first.operands().stream().allMatch(this::isValue);
        }
        if (operand instanceof Operand.Constant constant) {
            return constant.witness() == null || isValue(constant.witness());
        }
        return operand instanceof Operand.Absent;
    }

    /** Returns whether the operand's values can be compared and ordered. */
    private boolean isComparable(Operand operand) {
        if (operand instanceof Operand.Absent) {
            return operand.kind() != ColumnKind.JSON && operand.kind() != ColumnKind.ENCRYPTED;
        }
        // The first of values of any kind is looked at as JSON.
        boolean untyped = operand instanceof Operand.Coalesce && operand.kind() == ColumnKind.OTHER;
        return !untyped && isValue(operand) && MySqlDialect.isComparable(operand.kind());
    }
}
