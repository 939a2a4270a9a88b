package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.Order;
import dev.korm.query.Binder;
import dev.korm.query.Keyset;
import dev.korm.query.Question;
import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Criteria bound to a table: everything a selection is made of. For one question; used by one thread. */
final class Planned<T> {
    private final TableView<T> view;
    private final Binder binder;
    private final Condition where;

    Planned(TableView<T> view, Home<T> home, Criteria criteria) {
        this.view = view;
        this.binder = new Binder(home.model(), view.shape(), home.layer());
        this.where = criteria.filter().map(binder::bind).orElse(Condition.ALWAYS);
    }

    /** The items in order, equal ones by id. */
    Question items(Criteria criteria) {
        List<SortKey> order = criteria.order().isEmpty() ? List.of() : orderThenId(criteria);
        return question(view.selection(binder.joins(), where, order, criteria.limit()));
    }

    /** The items that satisfy a further condition, with the exact keys of their order behind each. */
    Question items(Condition further, List<SortKey> order, long limit) {
        List<Output> keys = new ArrayList<>();
        for (SortKey key : order) {
            keys.add(Keyset.exact(key));
        }
        Condition both = further == Condition.ALWAYS ? where : new Condition.All(List.of(where, further));
        return question(view.selection(binder.joins(), keys, both, order, OptionalLong.of(limit)));
    }

    /** The order with the id as its last key, so that it is one order whatever the store. */
    List<SortKey> orderThenId(Criteria criteria) {
        List<SortKey> order = new ArrayList<>();
        for (Order key : criteria.order()) {
            FieldPath path = ((Order.ByField) key.key()).path();
            order.add(sortKey(key, new Output.Value(binder.key(path, "An order"))));
        }
        order.add(new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
        return order;
    }

    static SortKey sortKey(Order order, Output output) {
        return new SortKey(
                output,
                SortKey.Direction.valueOf(order.direction().name()),
                SortKey.Nulls.valueOf(order.nulls().name()));
    }

    Operand key(FieldPath path, String use) {
        return binder.key(path, use);
    }

    /** Figures, of all items or of groups. */
    Question figures(List<Output> outputs, List<Operand> groupBy, List<SortKey> order, OptionalLong limit) {
        return question(new Selection(view.shape().table(), binder.joins(), outputs, where, groupBy, order, limit));
    }

    /** The rows alone, to be changed or deleted. */
    Question rows(Criteria criteria) {
        List<SortKey> order = criteria.limit().isEmpty() ? List.of() : orderThenId(criteria);
        return question(new Selection(
                view.shape().table(), binder.joins(), List.of(), where, List.of(), order, criteria.limit()));
    }

    private Question question(Selection selection) {
        return new Question(selection, binder.hops());
    }
}
