package dev.korm.jdbc.sql;

import static java.util.Objects.requireNonNull;

import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.IndexSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first rows in an order that an {@link OrderKey} has: their keys are read in the order of the index, as many as there are rows in the answer, and only
 * the rows that have these keys are sorted. Rows that are equal in a key which was cut off all count, so that the answer is exact.
 */
final class KeyedPage {
    /** More rows are not put together: they would be kept twice. */
    private static final long MOST_ROWS = 1_000;

    /** The condition is written twice. */
    private static final int MOST_CONSTANTS = 500;

    private final Selection selection;
    private final List<Operand> parts;
    private final OrderKey key;
    private final Map<String, Condition> given = new HashMap<>();
    private final List<SortKey> order;
    private final List<BindParameter> beginning = new ArrayList<>();
    private final List<Bound> bounds = new ArrayList<>();

    /** A bound of the keys that can count. */
    private interface Bound {
        void write(SqlWriter sql);
    }

    private KeyedPage(Selection selection, IndexSchema index, OrderKey key) {
        this.selection = selection;
        this.parts = index.parts();
        this.key = key;
        selection.where().conjuncts().forEach(condition -> {
            if (condition instanceof Condition.Compare compare && compare.comparison() == Comparison.EQUAL) {
                column(compare.operand()).ifPresent(column -> given.putIfAbsent(column.name(), condition));
            } else if (condition instanceof Condition.IsNull isNull) {
                column(isNull.operand()).ifPresent(column -> given.putIfAbsent(column.name(), condition));
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
        TableName table = selection.from();
        Optional<KeyedPage> best = Optional.empty();
        for (IndexSchema index : sources.indexes()) {
            Optional<OrderKey> key = dialect.orderKey(table, index);
            if (key.isPresent()) {
                KeyedPage page = new KeyedPage(selection, index, key.get());
                // The more is given, the fewer rows are read that do not count.
                if (page.isServed()
                        && best.filter(other -> other.given() >= page.given()).isEmpty()) {
                    best = Optional.of(page);
                }
            }
        }
        return best;
    }

    private int given() {
        return beginning.size();
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

    String column() {
        return key.column();
    }

    /** Writes bounds of the keys, each with {@code AND} before it. */
    void bounds(SqlWriter sql) {
        for (Bound bound : bounds) {
            sql.add(" AND ");
            bound.write(sql);
        }
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
        return given.containsKey(column.name());
    }

    private boolean isGiven(Operand part) {
        return column(part).filter(this::isGiven).isPresent();
    }

    private boolean isKey(SortKey each) {
        return column(each)
                .filter(column -> column.name().equals(selection.from().key()))
                .isPresent();
    }

    /** Returns whether the index has the order, behind columns that have one value in all rows; notes the bounds. */
    private boolean isServed() {
        if (order.isEmpty()) {
            return false;
        }
        int part = 0;
        while (part < parts.size() && isGiven(parts.get(part))) {
            beginning.add(given(parts.get(part)));
            part++;
        }
        int first = part;
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
        if (at == 0 && first == 0) {
            // The table itself has this order.
            return false;
        }
        bound(at == 0 ? Optional.empty() : Optional.of(parts.get(first)));
        return true;
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

    private BindParameter given(Operand part) {
        return equal(part, requireNonNull(given.get(TableSchemas.column(part))));
    }

    private BindParameter equal(Operand part, Condition condition) {
        return condition instanceof Condition.Compare compare
                ? key.present(part, Comparison.EQUAL, compare.value())
                : key.absent();
    }

    /** @param first the first part that the order goes by; empty where it goes by the key of the rows */
    private void bound(Optional<Operand> first) {
        if (!beginning.isEmpty()) {
            from(beginning);
            to(beginning, true);
        }
        boolean rejectsNulls = first.isPresent()
                && order.stream().limit(1).anyMatch(each -> NullRejection.holds(selection, each.output()));
        if (rejectsNulls) {
            to(with(beginning, key.absent()), false);
        }
        selection.where().conjuncts().forEach(condition -> {
            if (first.isPresent() && condition instanceof Condition.Compare compare) {
                compared(first.get(), compare);
            }
            OrderedParts.behind(condition, selection.order()).ifPresent(this::behind);
        });
    }

    private void compared(Operand part, Condition.Compare compare) {
        Optional<Operand.Column> column = column(compare.operand());
        if (column.isEmpty() || !column.get().name().equals(TableSchemas.column(part))) {
            return;
        }
        List<BindParameter> bound = with(beginning, key.present(part, compare.comparison(), compare.value()));
        switch (compare.comparison()) {
            case GREATER, GREATER_OR_EQUAL -> from(bound);
            case LESS, LESS_OR_EQUAL -> to(bound, true);
            case EQUAL, NOT_EQUAL -> {}
        }
    }

    /** Notes the bound for what comes behind a row: what is equal in all keys but the last begins latest. */
    private void behind(List<List<Condition>> conditions) {
        List<Condition> beyond = conditions.get(conditions.size() - 1);
        if (beyond.isEmpty()) {
            return;
        }
        List<Condition> all = ((Condition.And) beyond.get(0)).conditions();
        Map<String, Condition> equal = new HashMap<>(given);
        all.subList(0, all.size() - 1).forEach(condition -> condition.operands().forEach(operand -> column(operand)
                .ifPresent(column -> equal.putIfAbsent(column.name(), condition))));
        List<BindParameter> bound = new ArrayList<>();
        for (Operand part : parts) {
            Condition same = equal.get(TableSchemas.column(part));
            if (same == null) {
                return;
            }
            bound.add(equal(part, same));
        }
        if (!(all.get(all.size() - 1) instanceof Condition.Compare last)
                || column(last.operand())
                        .filter(column -> column.name().equals(selection.from().key()))
                        .isEmpty()) {
            return;
        }
        bound.add(key.key(last.value()));
        if (direction() == SortKey.Direction.ASCENDING) {
            from(bound);
        } else {
            to(bound, true);
        }
    }

    private static List<BindParameter> with(List<BindParameter> some, BindParameter another) {
        List<BindParameter> all = new ArrayList<>(some);
        all.add(another);
        return all;
    }

    private void from(List<BindParameter> bound) {
        List<BindParameter> kept = List.copyOf(bound);
        bounds.add(sql -> key.from(sql, kept));
    }

    private void to(List<BindParameter> bound, boolean with) {
        List<BindParameter> kept = List.copyOf(bound);
        bounds.add(sql -> key.to(sql, kept, with));
    }
}
