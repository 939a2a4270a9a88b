package dev.korm.jdbc.sql;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The first rows of a page in an order that an index has, as one range of it: mostly there are enough for the page, and what would come behind them need not be
 * asked for.
 *
 * @param piece the rows, without those that are bounded by {@code behind}
 * @param behind the keys that come, compared as one, behind those of a row; empty where there is no such row
 * @param isAll whether there are no rows behind them
 */
record PageBeginning(LooseScan.Piece piece, List<Condition.Compare> behind, boolean isAll) {
    /** More rows are not kept until it is known that they are enough. */
    private static final long MOST_ROWS = 1_000;

    /** Returns the beginning; empty where a page is read from the index at once, or not from one. */
    static Optional<PageBeginning> of(Selection selection, Dialect dialect, TableSources sources) {
        if (selection.limit().orElse(Long.MAX_VALUE) > MOST_ROWS
                || selection.order().isEmpty()
                || !LooseScan.canServe(selection, sources)) {
            return Optional.empty();
        }
        List<Condition> all = selection.where().conjuncts().toList();
        for (Condition condition : all) {
            Optional<List<List<Condition>>> behind = OrderedParts.behind(condition, selection.order());
            if (behind.isPresent()) {
                List<Condition> others = new ArrayList<>(all);
                others.remove(condition);
                return behind(selection.withWhere(new Condition.And(others)), behind.get(), dialect, sources);
            }
        }
        return LooseScan.first(selection, dialect, sources).map(first -> new PageBeginning(first, List.of(), false));
    }

    private static Optional<PageBeginning> behind(
            Selection selection, List<List<Condition>> beyond, Dialect dialect, TableSources sources) {
        List<SortKey> order = selection.order();
        int last = order.size() - 1;
        List<List<Condition>> behind = withoutNulls(selection, beyond);
        if (behind.size() <= last
                || !(compared(behind, last) instanceof Condition.Compare)
                || !LooseScan.isIndexed(selection, sources)) {
            return Optional.empty();
        }
        int first = last;
        while (first > 0 && isOne(selection, behind, first, dialect)) {
            first--;
        }
        List<Condition.Compare> compared = new ArrayList<>();
        for (int key = first; key <= last; key++) {
            compared.add((Condition.Compare) compared(behind, key));
        }
        if (!compared.stream().allMatch(PageBeginning::isExact)) {
            return Optional.empty();
        }
        boolean isAll = behind.get(first).size() == 1
                && behind.subList(0, first).stream().allMatch(List::isEmpty);
        List<Condition> equal = ((Condition.And) behind.get(first).get(0)).conditions();
        List<Condition> where = new ArrayList<>(selection.where().conjuncts().toList());
        where.addAll(equal.subList(0, first));
        Selection range = selection.withWhere(new Condition.And(where)).withOrder(order.subList(first, order.size()));
        return Optional.of(new PageBeginning(new LooseScan.Piece(range, List.of()), compared, isAll));
    }

    /** Returns what is beyond in each key, without the nulls of those that are null in no row. */
    private static List<List<Condition>> withoutNulls(Selection selection, List<List<Condition>> beyond) {
        List<List<Condition>> behind = new ArrayList<>();
        for (int key = 0; key < beyond.size(); key++) {
            boolean holds =
                    NullRejection.holds(selection, selection.order().get(key).output());
            behind.add(beyond.get(key).stream()
                    .filter(condition -> !holds || !(own(condition) instanceof Condition.IsNull))
                    .toList());
        }
        return behind;
    }

    /** Returns whether what is beyond in the key before one comes right behind what is beyond in it, in the same direction. */
    private static boolean isOne(Selection selection, List<List<Condition>> behind, int key, Dialect dialect) {
        SortKey own = selection.order().get(key);
        SortKey before = selection.order().get(key - 1);
        boolean keepsNulls =
                dialect.keepsNulls(own.direction(), own.nulls()) || NullRejection.holds(selection, own.output());
        return behind.get(key).size() == 1
                && own.direction() == before.direction()
                && keepsNulls
                && !behind.get(key - 1).isEmpty()
                && compared(behind, key - 1) instanceof Condition.Compare;
    }

    /** Returns the condition on a key itself in the first of those that say what is beyond in it. */
    private static Condition compared(List<List<Condition>> behind, int key) {
        if (behind.get(key).isEmpty()) {
            return Condition.NEVER;
        }
        return own(behind.get(key).get(0));
    }

    /** Returns the last part of a condition, which is about the key that it is beyond in. */
    private static Condition own(Condition condition) {
        List<Condition> all = ((Condition.And) condition).conditions();
        return all.get(all.size() - 1);
    }

    /** Returns whether the database compares with the constant itself, and with none near it. */
    private static boolean isExact(Condition.Compare compare) {
        Object value = compare.value();
        return value instanceof Long || value instanceof Double || value instanceof Boolean || value instanceof String;
    }
}
