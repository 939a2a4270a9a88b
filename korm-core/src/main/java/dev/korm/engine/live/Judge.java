package dev.korm.engine.live;

import dev.korm.query.FederatedSelection;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.evaluate.Scope.SourceRow;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a query's filter that a row of its own table answers by itself. A row that does not fulfil it is not in the answer, so when such a row was not in it before, the row cannot alter it. Where that part
 * is all of the filter, and the answer has neither an order nor a limit, the row alone says whether it is in the answer.
 *
 * <p>Immutable, for one state of the table's schema.
 */
final class Judge {
    /** A comparison of a column with more values is not looked up by them. */
    private static final int MOST_VALUES = 32;

    /** Kinds of which equal values are equal objects. */
    private static final Set<ColumnKind> LOOKED_UP =
            EnumSet.of(ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.BOOLEAN, ColumnKind.ID);

    /** A column, and the values one of which it has in each row of the answer. */
    record Key(String column, List<Object> values) {}

    private final Condition near;
    private final Evaluator.RowTest test;
    private final boolean whole;
    private final Optional<Key> key;
    private final Set<String> columns;

    private Judge(Condition near, String layer, boolean whole, Optional<Key> key, Set<String> columns) {
        this.near = near;
        this.test = new Evaluator(layer, (table, id) -> null).test(near);
        this.whole = whole;
        this.key = key;
        this.columns = Set.copyOf(columns);
    }

    /** @param deep whether paths may go through references; what leads nowhere may lead somewhere one day */
    static Judge of(FederatedSelection asked, TableSchema schema, String layer, boolean deep) {
        Selection selection = asked.selection();
        List<Condition> all = selection.where().conjuncts().toList();
        List<Condition> near = all.stream()
                .filter(each -> readsOnly(each) && !(deep && leadsNowhere(each)))
                .toList();
        boolean whole = near.size() == all.size()
                && selection.joinsBySource().isEmpty()
                && selection.limit().isEmpty()
                && selection.order().size() == 1;
        Set<String> columns = new HashSet<>();
        columns.add(TableName.ID);
        columns.add(TableName.REVISION);
        for (Condition each : near) {
            each.walk()
                    .flatMap(inner -> inner.operands().stream())
                    .flatMap(Operand::columns)
                    .filter(column -> column.source() == 0)
                    .forEach(column -> columns.add(column.name()));
        }
        Optional<Key> key =
                near.stream().flatMap(each -> key(each, schema).stream()).findFirst();
        return new Judge(new Condition.And(near), layer, whole, key, columns);
    }

    /** Returns whether a condition reads the query's own table alone, and nothing has to be opened for it. */
    private static boolean readsOnly(Condition condition) {
        if (condition
                .walk()
                .anyMatch(inner ->
                        inner instanceof Condition.SealedMatch || !inner.joins().isEmpty())) {
            return false;
        }
        return readsOwn(condition);
    }

    private static boolean leadsNowhere(Condition condition) {
        return condition.walk().flatMap(each -> each.operands().stream()).anyMatch(Judge::leadsNowhere);
    }

    private static boolean leadsNowhere(Operand operand) {
        return operand instanceof Operand.Absent || operand.operands().stream().anyMatch(Judge::leadsNowhere);
    }

    private static boolean readsOwn(Condition condition) {
        if (condition instanceof Condition.AnyElement any) {
            return readsOwn(any.container());
        }
        return condition.operands().stream().allMatch(Judge::readsOwn)
                && condition.conditions().stream().allMatch(Judge::readsOwn);
    }

    private static boolean readsOwn(Operand operand) {
        return operand.sources().stream().allMatch(source -> source == 0);
    }

    private static Optional<Key> key(Condition condition, TableSchema schema) {
        if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && isLookedUp(compare.operand(), compare.value(), schema)) {
            return Optional.of(new Key(((Operand.Column) compare.operand()).name(), List.of(compare.value())));
        }
        if (condition instanceof Condition.OneOf oneOf
                && oneOf.values().size() <= MOST_VALUES
                && oneOf.values().stream().allMatch(value -> isLookedUp(oneOf.operand(), value, schema))) {
            return oneOf.operand() instanceof Operand.Column column
                    ? Optional.of(new Key(column.name(), oneOf.values()))
                    : Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean isLookedUp(Operand operand, Object value, TableSchema schema) {
        return operand instanceof Operand.Column column
                && LOOKED_UP.contains(column.kind())
                && schema.columns().stream()
                        .anyMatch(each -> each.name().equals(column.name()) && each.kind() == column.kind())
                && (value instanceof String || value instanceof Long || value instanceof Boolean);
    }

    /** Returns whether this is a judge of another plan of the same query as well. */
    boolean judgesAs(Judge other) {
        return near.equals(other.near) && whole == other.whole;
    }

    /** Returns whether a row can be in the answer. */
    boolean admits(SourceRow row) {
        return test.test(Scope.of(0, row)).isTrue();
    }

    /** Returns whether a row that is admitted is in the answer, which is in the order of ids. */
    boolean isWhole() {
        return whole;
    }

    /** Returns the column and values by which the query is looked up; empty where each row has to be judged. */
    Optional<Key> key() {
        return key;
    }

    /** Returns the columns that it looks at, and those of ids and revisions. */
    Set<String> columns() {
        return columns;
    }
}
