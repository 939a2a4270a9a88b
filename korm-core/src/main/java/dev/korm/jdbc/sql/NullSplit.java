package dev.korm.jdbc.sql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The beginning of an order by an indexed column, in two parts: the rows that have a value, and those in which it is null. Where the
 * database keeps nulls at the other end of an index than the order has them, it reads each part from the index, and sorts no more rows than are
 * asked for; as one, it would sort all.
 *
 * @param present the rows with a value, in their order
 * @param absent the rows without one
 */
record NullSplit(Selection present, Selection absent) {
    /** More rows are not put together: they would be kept twice. */
    private static final long MOST_ROWS = 1_000;

    /** Returns the parts; empty where they would be of no use. */
    static Optional<NullSplit> of(Selection selection, Dialect dialect, TableSources sources) {
        boolean few = selection.limit().isPresent() && selection.limit().getAsLong() <= MOST_ROWS;
        if (!few || selection.isGrouped() || selection.order().isEmpty()) {
            return Optional.empty();
        }
        SortKey first = selection.order().get(0);
        List<SortKey> others = selection.order().subList(1, selection.order().size());
        boolean served = first.output() instanceof Output.Value value
                && value.operand() instanceof Operand.Column column
                && isIndexedWhole(column.kind())
                && sources.isIndexed(column)
                && !dialect.keepsNulls(first.direction(), first.nulls())
                && !NullRejection.holds(selection, first.output())
                && others.stream().allMatch(key -> follows(key, first, selection, dialect));
        if (!served) {
            return Optional.empty();
        }
        Operand.Column column = (Operand.Column) ((Output.Value) first.output()).operand();
        Condition isNull = new Condition.IsNull(column);
        Condition present =
                both(simplified(selection.where(), each -> withValue(each, column)), new Condition.Not(isNull));
        Condition absent = both(simplified(selection.where(), each -> withoutValue(each, column)), isNull);
        return Optional.of(new NullSplit(
                selection.withWhere(present), selection.withWhere(absent).withOrder(others)));
    }

    /** Returns whether the order has the rows without a value first. */
    boolean beginsWithAbsent() {
        return present.order().get(0).nulls() == SortKey.Nulls.FIRST;
    }

    private static boolean follows(SortKey key, SortKey first, Selection selection, Dialect dialect) {
        return key.direction() == first.direction()
                && (NullRejection.holds(selection, key.output()) || dialect.keepsNulls(key.direction(), key.nulls()));
    }

    /** Returns whether an index holds such values whole, so that it has their order. */
    private static boolean isIndexedWhole(ColumnKind kind) {
        return kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.BOOLEAN;
    }

    private static Condition both(Condition where, Condition further) {
        return where.equals(Condition.NEVER) ? where : new Condition.And(List.of(where, further));
    }

    /** Returns a condition that is true where the column has a value and the given one is true. */
    private static Condition withValue(Condition condition, Operand.Column column) {
        if (isNull(condition, column)) {
            return Condition.NEVER;
        }
        return condition instanceof Condition.Not not && isNull(not.condition(), column) ? Condition.ALWAYS : condition;
    }

    /** Returns a condition that is true where the column is null and the given one is true. */
    private static Condition withoutValue(Condition condition, Operand.Column column) {
        if (isNull(condition, column)) {
            return Condition.ALWAYS;
        }
        boolean never = (condition instanceof Condition.Not not && isNull(not.condition(), column))
                || (condition instanceof Condition.Compare compare
                        && compare.operand().equals(column))
                || (condition instanceof Condition.OneOf oneOf
                        && oneOf.operand().equals(column));
        return never ? Condition.NEVER : condition;
    }

    private static boolean isNull(Condition condition, Operand.Column column) {
        return condition instanceof Condition.IsNull isNull && isNull.operand().equals(column);
    }

    /** Changes the parts that conjunctions and disjunctions are made of; what is unknown there counts as false. */
    private static Condition simplified(Condition condition, UnaryOperator<Condition> part) {
        if (condition instanceof Condition.And and) {
            List<Condition> all = new ArrayList<>();
            for (Condition each : and.conditions()) {
                Condition simple = simplified(each, part);
                if (simple.equals(Condition.NEVER)) {
                    return Condition.NEVER;
                }
                all.add(simple);
            }
            return new Condition.And(all);
        }
        if (condition instanceof Condition.Or or) {
            List<Condition> some = new ArrayList<>();
            for (Condition each : or.conditions()) {
                Condition simple = simplified(each, part);
                if (simple.equals(Condition.ALWAYS)) {
                    return Condition.ALWAYS;
                }
                some.add(simple);
            }
            return new Condition.Or(some);
        }
        return part.apply(condition);
    }
}
