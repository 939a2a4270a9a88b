package dev.korm.engine.collection;

import static dev.korm.argument.NullArgumentException.requireElements;

import dev.korm.Aggregate;
import dev.korm.Explanation;
import dev.korm.FieldPath;
import dev.korm.Group;
import dev.korm.Grouping;
import dev.korm.Order;
import dev.korm.QueryException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.read.AggregateTypes;
import dev.korm.engine.read.Criteria;
import dev.korm.engine.read.ItemGroup;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.read.PlannedQuery;
import dev.korm.engine.read.QueryExplanation;
import dev.korm.event.PoolCall;
import dev.korm.model.Node;
import dev.korm.query.FederatedSelection;
import dev.korm.query.Paths;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Items of a query in groups. */
final class ItemGrouping<T> implements Grouping {
    private final CollectionHandle<T> home;
    private final Criteria criteria;
    private final Map<FieldPath, Node> keys;
    private final List<Order> order;
    private final OptionalLong limit;

    ItemGrouping(CollectionHandle<T> home, Criteria criteria, Map<FieldPath, Node> keys) {
        this(home, criteria, keys, List.of(), OptionalLong.empty());
    }

    private ItemGrouping(
            CollectionHandle<T> home,
            Criteria criteria,
            Map<FieldPath, Node> keys,
            List<Order> order,
            OptionalLong limit) {
        this.home = home;
        this.criteria = criteria;
        this.keys = keys;
        this.order = order;
        this.limit = limit;
    }

    @Override
    public Grouping orderBy(Order... orders) {
        requireElements(orders, "orders");
        for (Order one : orders) {
            if (one.key() instanceof Order.ByField field && !keys.containsKey(field.path())) {
                throw new QueryException("The items are not grouped by " + field.path()
                        + ", so the groups cannot be ordered by it; order by an aggregate of it, such as max(…)");
            }
            if (one.key() instanceof Aggregate aggregate) {
                check(aggregate);
            }
        }
        return new ItemGrouping<>(home, criteria, keys, List.of(orders), limit);
    }

    @Override
    public Grouping limit(int groups) {
        if (groups < 0) {
            throw new QueryException("A limit is 0 or more groups, not " + groups);
        }
        return new ItemGrouping<>(home, criteria, keys, order, OptionalLong.of(groups));
    }

    @Override
    public List<Group> select(Aggregate... aggregates) {
        requireElements(aggregates, "aggregates");
        Map<Aggregate, Node> wanted = wanted(aggregates);
        return criteria.time()
                .run(() -> home.reading(
                        PoolCall.AGGREGATE, () -> ItemReader.ask(home, view -> groups(selection(view, wanted), wanted))
                                .orElse(List.of())));
    }

    @Override
    public Explanation explain(Aggregate... aggregates) {
        requireElements(aggregates, "aggregates");
        Map<Aggregate, Node> wanted = wanted(aggregates);
        return home.layer()
                .view(home.model(), home.table())
                .map(view -> QueryExplanation.groups(home, selection(view, wanted)))
                .orElseGet(() -> QueryExplanation.noTable(home));
    }

    private Map<Aggregate, Node> wanted(Aggregate... aggregates) {
        Map<Aggregate, Node> wanted = new LinkedHashMap<>();
        for (Aggregate aggregate : aggregates) {
            wanted.put(aggregate, check(aggregate));
        }
        return wanted;
    }

    private Node check(Aggregate aggregate) {
        if (aggregate.path().isEmpty()) {
            return home.model().root();
        }
        FieldPath path = aggregate.path().get();
        Paths.requireSingle(path, "An aggregate");
        Node node = Paths.follow(home.model(), path);
        switch (aggregate.function()) {
            case SUM, AVERAGE -> AggregateTypes.requireNumber(node, path, "A " + aggregate);
            case MINIMUM, MAXIMUM -> Paths.requireOrder(node, path);
            case COUNT, DISTINCT -> {}
        }
        return node;
    }

    private FederatedSelection selection(TableView<T> view, Map<Aggregate, Node> wanted) {
        PlannedQuery<T> planned = new PlannedQuery<>(view, home, criteria);
        Map<FieldPath, Operand> operands = new LinkedHashMap<>();
        List<Output> outputs = new ArrayList<>();
        for (FieldPath path : keys.keySet()) {
            Operand operand = planned.key(path, "A group");
            operands.put(path, operand);
            outputs.add(new Output.Value(operand));
        }
        for (Aggregate aggregate : wanted.keySet()) {
            outputs.add(output(planned, aggregate));
        }
        List<SortKey> sort = new ArrayList<>();
        for (Order one : order) {
            Output by = one.key() instanceof Order.ByField field
                    ? new Output.Value(planned.key(field.path(), "An order"))
                    : output(planned, (Aggregate) one.key());
            sort.add(PlannedQuery.sortKey(one, by));
        }
        if (!order.isEmpty()) {
            // Groups that are equal in what was asked for still come in one order.
            for (Operand operand : operands.values()) {
                sort.add(new SortKey(new Output.Value(operand), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
            }
        }
        return planned.aggregates(outputs, List.copyOf(operands.values()), sort, limit);
    }

    private static Output output(PlannedQuery<?> planned, Aggregate aggregate) {
        return switch (aggregate.function()) {
            case COUNT -> new Output.Count();
            case DISTINCT -> aggregate(planned, Output.Function.DISTINCT, aggregate);
            case SUM -> aggregate(planned, Output.Function.SUM, aggregate);
            case AVERAGE -> aggregate(planned, Output.Function.AVERAGE, aggregate);
            case MINIMUM -> aggregate(planned, Output.Function.MINIMUM, aggregate);
            case MAXIMUM -> aggregate(planned, Output.Function.MAXIMUM, aggregate);
        };
    }

    private static Output aggregate(PlannedQuery<?> planned, Output.Function function, Aggregate aggregate) {
        return new Output.Aggregate(function, planned.key(aggregate.path().orElseThrow(), "An aggregate"));
    }

    private List<Group> groups(FederatedSelection federated, Map<Aggregate, Node> wanted) {
        List<Group> groups = new ArrayList<>();
        try (RowCursor row = home.layer().select(federated)) {
            while (row.next()) {
                groups.add(group(row, wanted));
            }
        }
        return groups;
    }

    private Group group(RowCursor row, Map<Aggregate, Node> wanted) {
        int column = 0;
        Map<String, Optional<Object>> values = new LinkedHashMap<>();
        for (Map.Entry<FieldPath, Node> key : keys.entrySet()) {
            values.put(key.getKey().toString(), present(key.getValue().fromStored(row.get(column))));
            column++;
        }
        Map<Aggregate, Optional<Object>> aggregates = new LinkedHashMap<>();
        for (Map.Entry<Aggregate, Node> aggregate : wanted.entrySet()) {
            aggregates.put(aggregate.getKey(), aggregate(aggregate.getKey(), aggregate.getValue(), row.get(column)));
            column++;
        }
        return new ItemGroup(values, aggregates);
    }

    private static Optional<Object> aggregate(Aggregate aggregate, Node node, @Nullable Object stored) {
        return switch (aggregate.function()) {
            case MINIMUM, MAXIMUM -> present(node.fromStored(stored));
            case SUM -> present(stored == null ? ModelQuery.zero(node.kind()) : stored);
            case COUNT, DISTINCT, AVERAGE -> present(stored);
        };
    }

    private static Optional<Object> present(@Nullable Object value) {
        return Optional.ofNullable(value);
    }
}
