package dev.korm.jdbc.sql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first rows in an order that an {@link OrderKey} has: they are read in the order of its index, as many as there are rows in the answer, and only they
 * are sorted. Where the last of them may have been cut off, all that are equal to it count as well, so that the answer is exact.
 */
final class KeyedPage {
    /** More rows are not put together: they would be kept twice. */
    private static final long MOST_ROWS = 1_000;

    /** The condition is written three times. */
    private static final int MOST_CONSTANTS = 500;

    private final Selection selection;
    private final List<Operand> parts;
    private final OrderKey key;
    private final Set<String> given = new HashSet<>();
    private final List<SortKey> order;
    private int begins;

    private KeyedPage(Selection selection, IndexSchema index, OrderKey key) {
        this.selection = selection;
        this.parts = index.parts();
        this.key = key;
        selection.where().conjuncts().forEach(condition -> {
            if (condition instanceof Condition.Compare compare && compare.comparison() == Comparison.EQUAL) {
                column(compare.operand()).ifPresent(column -> given.add(column.name()));
            } else if (condition instanceof Condition.IsNull isNull) {
                column(isNull.operand()).ifPresent(column -> given.add(column.name()));
            }
        });
        this.order = selection.order().stream()
                .filter(each -> column(each).filter(this::isGiven).isEmpty())
                .toList();
    }

    /** Returns the page; empty where no such key would be of use. */
    static Optional<KeyedPage> of(Selection selection, Dialect dialect, TableSources sources) {
        long limit = selection.limit().orElse(Long.MAX_VALUE);
        boolean possible = limit > 0
                && limit <= MOST_ROWS
                && !selection.isGrouped()
                && !selection.order().isEmpty()
                && constants(selection.where()) <= MOST_CONSTANTS;
        if (!possible) {
            return Optional.empty();
        }
        Optional<TableSchema> table = sources.schema(0);
        if (table.isEmpty()) {
            return Optional.empty();
        }
        Optional<KeyedPage> best = Optional.empty();
        for (IndexSchema index : table.get().indexes()) {
            Optional<OrderKey> key = dialect.orderKey(table.get(), index);
            if (key.isPresent()) {
                KeyedPage page = new KeyedPage(selection, index, key.get());
                // The more is given, the fewer rows are read that do not count.
                if (page.isServed()
                        && best.filter(other -> other.begins >= page.begins).isEmpty()) {
                    best = Optional.of(page);
                }
            }
        }
        return best;
    }

    private static long constants(Condition condition) {
        return condition.walk().mapToLong(KeyedPage::ownConstants).sum();
    }

    private static long ownConstants(Condition condition) {
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf.values().size();
        }
        return condition instanceof Condition.RefersTo refers ? refers.ids().size() : 1;
    }

    /** Returns the direction in which the order keys are read. */
    SortKey.Direction direction() {
        return order.get(0).direction();
    }

    /** Returns the columns of the index, by which the rows are ordered, the key of the rows apart. */
    List<String> columns() {
        return key.columns();
    }

    /** Returns those among them that hold beginnings of texts. */
    List<OrderKey.Beginning> beginnings() {
        return key.beginnings();
    }

    private static Optional<Operand.Column> column(Operand operand) {
        return operand instanceof Operand.Column column && column.source() == 0
                ? Optional.of(column)
                : Optional.empty();
    }

    private static Optional<Operand.Column> column(SortKey sortKey) {
        return sortKey.output() instanceof Output.Value value ? column(value.operand()) : Optional.empty();
    }

    private boolean isGiven(Operand.Column column) {
        return given.contains(column.name());
    }

    private boolean isGiven(Operand part) {
        return column(part).filter(this::isGiven).isPresent();
    }

    private boolean isKey(SortKey each) {
        return column(each)
                .filter(column -> column.name().equals(selection.from().key()))
                .isPresent();
    }

    /** Returns whether the index has the order, behind columns that have one value in all rows; notes how many of these it begins with. */
    private boolean isServed() {
        if (order.isEmpty()) {
            return false;
        }
        int part = 0;
        while (part < parts.size() && isGiven(parts.get(part))) {
            part++;
        }
        begins = part;
        int at = 0;
        while (at < order.size() && !isKey(order.get(at))) {
            if (part < parts.size() && isGiven(parts.get(part))) {
                part++;
                continue;
            }
            if (part == parts.size() || !isNext(order.get(at), parts.get(part))) {
                return false;
            }
            at++;
            part++;
        }
        boolean byKey = at < order.size();
        if (byKey
                && (at < order.size() - 1
                        || order.get(at).direction() != direction()
                        || !parts.subList(part, parts.size()).stream().allMatch(this::isGiven))) {
            return false;
        }
        // The table itself has the order of its key alone.
        return at > 0 || begins > 0;
    }

    /** Returns whether a key of the order is what the index has next, the same way round. */
    private boolean isNext(SortKey sortKey, Operand part) {
        Optional<Operand.Column> column = column(sortKey);
        boolean same = column.isPresent()
                && part instanceof Operand.Column indexed
                && indexed.name().equals(column.get().name())
                && isText(indexed.kind()) == isText(column.get().kind())
                && (isText(indexed.kind()) || indexed.kind() == column.get().kind());
        boolean ascending = sortKey.direction() == SortKey.Direction.ASCENDING;
        return same
                && sortKey.direction() == direction()
                && (ascending == (sortKey.nulls() == SortKey.Nulls.LAST)
                        || NullRejection.holds(selection, sortKey.output()));
    }

    private static boolean isText(ColumnKind kind) {
        return kind == ColumnKind.TEXT || kind == ColumnKind.RN;
    }
}
