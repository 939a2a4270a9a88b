package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.Order;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.TableView;
import dev.korm.query.Binder;
import dev.korm.query.FederatedSelection;
import dev.korm.query.Keyset;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Criteria bound to a table: everything a selection is made of. For one selection; used by one thread. */
public final class PlannedQuery<T> {
    private final TableView<T> view;
    private final Binder binder;
    private final Condition where;

    public PlannedQuery(TableView<T> view, CollectionHandle<T> home, Criteria criteria) {
        this.view = view;
        this.binder = new Binder(home.model(), view.schema(), home.layer());
        this.where = criteria.filter().map(binder::bind).orElse(Condition.ALWAYS);
    }

    /** Returns the items in order, equal ones by id. */
    public FederatedSelection items(Criteria criteria) {
        List<SortKey> order = criteria.order().isEmpty() ? List.of() : orderThenId(criteria);
        return federated(view.selection(binder.joins(), where, order, criteria.limit()));
    }

    /** Returns the items in order, by id where none was asked for. */
    public FederatedSelection itemsInOrder(Criteria criteria) {
        List<SortKey> order = orderThenId(criteria);
        return federated(view.selection(binder.joins(), where, order, criteria.limit()));
    }

    /** Returns the ids and, where the table has them, the revisions of the items, as {@link #itemsInOrder} does. */
    public FederatedSelection revisionsInOrder(Criteria criteria) {
        List<SortKey> order = orderThenId(criteria);
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        if (view.isRevised()) {
            outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        }
        return federated(new Selection(
                view.schema().table(), binder.joins(), outputs, where, List.of(), order, criteria.limit()));
    }

    /** Returns the items that satisfy a further condition, with the exact keys of their order behind each. */
    public FederatedSelection items(Condition further, List<SortKey> order, long limit) {
        List<Output> keys = new ArrayList<>();
        for (SortKey key : order) {
            keys.add(Keyset.exact(key));
        }
        Condition both = further == Condition.ALWAYS ? where : new Condition.And(List.of(where, further));
        return federated(view.selection(binder.joins(), keys, both, order, OptionalLong.of(limit)));
    }

    /**
     * Returns the order with the id as its last key, so that it is one order whatever the store. Ids go the way of the key before them, as they do in an
     * index that is read in that direction.
     */
    public List<SortKey> orderThenId(Criteria criteria) {
        List<SortKey> order = new ArrayList<>();
        for (Order key : criteria.order()) {
            FieldPath path = ((Order.ByField) key.key()).path();
            order.add(sortKey(key, new Output.Value(binder.key(path, "An order"))));
        }
        SortKey.Direction last = order.isEmpty()
                ? SortKey.Direction.ASCENDING
                : order.get(order.size() - 1).direction();
        order.add(new SortKey(new Output.Value(ItemIds.operand()), last, SortKey.Nulls.LAST));
        return order;
    }

    public static SortKey sortKey(Order order, Output output) {
        return new SortKey(
                output,
                SortKey.Direction.valueOf(order.direction().name()),
                SortKey.Nulls.valueOf(order.nulls().name()));
    }

    public Operand key(FieldPath path, String use) {
        return binder.key(path, use);
    }

    /** Aggregates, of all items or of groups. */
    public FederatedSelection aggregates(
            List<Output> outputs, List<Operand> groupBy, List<SortKey> order, OptionalLong limit) {
        return federated(new Selection(view.schema().table(), binder.joins(), outputs, where, groupBy, order, limit));
    }

    /** Returns the rows alone, to be changed or deleted. */
    public FederatedSelection rows(Criteria criteria) {
        List<SortKey> order = criteria.limit().isEmpty() ? List.of() : orderThenId(criteria);
        return federated(new Selection(
                view.schema().table(), binder.joins(), List.of(), where, List.of(), order, criteria.limit()));
    }

    private FederatedSelection federated(Selection selection) {
        return new FederatedSelection(selection, binder.crossLayerJoins());
    }
}
