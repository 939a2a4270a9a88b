package dev.korm.jdbc.sql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A page in an order by an indexed value, in parts of which each is one range of the index: the rows that are equal in all keys but the last, then
 * those beyond in the key before it, and so on, and apart those in which a key is null. As one condition, a disjunction, a database would read and
 * sort all that comes behind the page's beginning.
 *
 * <p>The parts have no row in common, since each is beyond the one before it in a key that was equal there; and all their rows come in this order.
 */
final class OrderedParts {
    /** More rows are not put together: they would be kept twice. */
    private static final long MOST_ROWS = 10_000;

    private final List<SortKey> order;
    private final Selection selection;
    private final Dialect dialect;
    private final List<Selection> parts = new ArrayList<>();

    private OrderedParts(Selection selection, Dialect dialect) {
        this.selection = selection;
        this.order = selection.order();
        this.dialect = dialect;
    }

    /** Returns the parts in their order; empty where they would be of no use. */
    static Optional<List<Selection>> of(Selection selection, Dialect dialect, TableSources sources) {
        boolean few = selection.limit().isPresent() && selection.limit().getAsLong() <= MOST_ROWS;
        if (!few || selection.isGrouped() || selection.order().isEmpty() || !isServed(selection, sources)) {
            return Optional.empty();
        }
        OrderedParts parts = new OrderedParts(selection, dialect);
        List<Condition> all =
                selection.where() instanceof Condition.And and ? and.conditions() : List.of(selection.where());
        for (Condition condition : all) {
            Optional<List<List<Condition>>> behind = behind(condition, parts.order);
            if (behind.isPresent()) {
                List<Condition> others = new ArrayList<>(all);
                others.remove(condition);
                parts.after(behind.get(), others);
                return Optional.of(parts.parts);
            }
        }
        parts.from(0, new ArrayList<>(all));
        return parts.parts.size() > 1 ? Optional.of(parts.parts) : Optional.empty();
    }

    /** Returns whether an index has the order, behind columns that are given. */
    private static boolean isServed(Selection selection, TableSources sources) {
        if (!(selection.order().get(0).output() instanceof Output.Value value)) {
            return false;
        }
        Set<String> given = new HashSet<>();
        selection.where().conjuncts().forEach(condition -> {
            if (condition instanceof Condition.Compare compare
                    && compare.comparison() == Condition.Comparison.EQUAL
                    && compare.operand() instanceof Operand.Column column
                    && column.source() == 0) {
                given.add(column.name());
            }
        });
        Operand first = value.operand();
        return isWhole(first.kind()) && first.sources().equals(Set.of(0)) && sources.isOrdered(first, given);
    }

    /** Returns whether an index holds such values in their order. */
    private static boolean isWhole(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL, BOOLEAN, TEXT, RN -> true;
            case ID, DECIMAL, BYTES, JSON, ENCRYPTED, FINGERPRINT, OTHER -> false;
        };
    }

    /**
     * Takes a condition for all that comes behind a row in an order apart.
     *
     * @return for each key from the first on, the conditions that the rows fulfil which are beyond the row in it; empty where it is no such condition
     */
    static Optional<List<List<Condition>>> behind(Condition condition, List<SortKey> order) {
        if (!(condition instanceof Condition.Or any)) {
            return Optional.empty();
        }
        List<Condition> equal = new ArrayList<>();
        List<List<Condition>> found = new ArrayList<>();
        int at = 0;
        List<Condition> some = any.conditions();
        for (SortKey key : order) {
            if (!(key.output() instanceof Output.Value value)) {
                return Optional.empty();
            }
            List<Condition> beyond = new ArrayList<>();
            if (at < some.size() && isBeyond(some.get(at), equal, value.operand(), key, beyond)) {
                at++;
            }
            found.add(beyond);
            Optional<Condition> same =
                    at < some.size() ? same(some.get(at), equal.size(), value.operand()) : Optional.empty();
            if (same.isEmpty()) {
                break;
            }
            equal.add(same.get());
        }
        return at == some.size() && found.stream().anyMatch(each -> !each.isEmpty())
                ? Optional.of(List.copyOf(found))
                : Optional.empty();
    }

    /** Adds to what is beyond in a key when the condition is that of rows which are equal in all keys before it. */
    private static boolean isBeyond(
            Condition condition, List<Condition> equal, Operand operand, SortKey key, List<Condition> beyond) {
        List<Condition> all = condition instanceof Condition.And and ? and.conditions() : List.of(condition);
        if (all.size() != equal.size() + 1 || !all.subList(0, equal.size()).equals(equal)) {
            return false;
        }
        Condition last = all.get(equal.size());
        List<Condition> each = last instanceof Condition.Or or ? or.conditions() : List.of(last);
        if (!each.stream().allMatch(one -> isBeyond(one, operand, key))) {
            return false;
        }
        for (Condition one : each) {
            List<Condition> whole = new ArrayList<>(equal);
            whole.add(one);
            beyond.add(new Condition.And(whole));
        }
        return true;
    }

    private static boolean isBeyond(Condition condition, Operand operand, SortKey key) {
        if (condition instanceof Condition.Compare compare) {
            Condition.Comparison on = key.direction() == SortKey.Direction.ASCENDING
                    ? Condition.Comparison.GREATER
                    : Condition.Comparison.LESS;
            return compare.comparison() == on && compare.operand().equals(operand);
        }
        boolean negated = condition instanceof Condition.Not;
        Condition leaf = condition instanceof Condition.Not not ? not.condition() : condition;
        return leaf instanceof Condition.IsNull isNull
                && isNull.operand().equals(operand)
                && negated == (key.nulls() == SortKey.Nulls.FIRST);
    }

    /** Returns the part of a conjunction that says that a key is as it is in the row. */
    private static Optional<Condition> same(Condition condition, int place, Operand operand) {
        List<Condition> all = condition instanceof Condition.And and ? and.conditions() : List.of(condition);
        if (all.size() <= place + 1) {
            return Optional.empty();
        }
        Condition same = all.get(place);
        boolean isSame = same instanceof Condition.IsNull isNull
                ? isNull.operand().equals(operand)
                : same instanceof Condition.Compare compare
                        && compare.comparison() == Condition.Comparison.EQUAL
                        && compare.operand().equals(operand);
        return isSame ? Optional.of(same) : Optional.empty();
    }

    /** Adds the parts behind a row, those that are equal in most keys first. */
    private void after(List<List<Condition>> behind, List<Condition> others) {
        for (int key = behind.size() - 1; key >= 0; key--) {
            for (Condition beyond : behind.get(key)) {
                List<Condition> all = new ArrayList<>(others);
                all.add(beyond);
                List<Condition> own = ((Condition.And) beyond).conditions();
                Condition last = own.get(own.size() - 1);
                boolean isNull = last instanceof Condition.IsNull;
                if (isNull && NullRejection.holds(selection, order.get(key).output())) {
                    continue;
                }
                add(all, order.subList(isNull ? key + 1 : key, order.size()));
            }
        }
    }

    /** Adds the parts of all rows in the order from a key on. */
    private void from(int key, List<Condition> all) {
        SortKey first = order.get(key);
        Operand operand = ((Output.Value) first.output()).operand();
        if (dialect.keepsNulls(first.direction(), first.nulls()) || NullRejection.holds(selection, first.output())) {
            add(all, order);
            return;
        }
        List<Condition> absent = new ArrayList<>(all);
        absent.add(new Condition.IsNull(operand));
        List<Condition> present = new ArrayList<>(all);
        present.add(new Condition.Not(new Condition.IsNull(operand)));
        if (first.nulls() == SortKey.Nulls.FIRST) {
            add(absent, order.subList(key + 1, order.size()));
            add(present, order);
        } else {
            add(present, order);
            add(absent, order.subList(key + 1, order.size()));
        }
    }

    private void add(List<Condition> all, List<SortKey> rest) {
        parts.add(selection.withWhere(new Condition.And(all)).withOrder(rest));
    }
}
