package dev.korm.engine;

import dev.korm.Aggregate;
import dev.korm.Explanation;
import dev.korm.FieldPath;
import dev.korm.Group;
import dev.korm.Grouping;
import dev.korm.Order;
import dev.korm.QueryException;
import dev.korm.model.Node;
import dev.korm.query.Paths;
import dev.korm.query.Question;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.SortKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Items of a query in groups. */
final class ItemGrouping<T> implements Grouping {
    private final Home<T> home;
    private final Criteria criteria;
    private final Map<FieldPath, Node> keys;
    private final List<Order> order;
    private final OptionalLong limit;

    ItemGrouping(Home<T> home, Criteria criteria, Map<FieldPath, Node> keys) {
        this(home, criteria, keys, List.of(), OptionalLong.empty());
    }

    private ItemGrouping(
            Home<T> home, Criteria criteria, Map<FieldPath, Node> keys, List<Order> order, OptionalLong limit) {
        this.home = home;
        this.criteria = criteria;
        this.keys = keys;
        this.order = order;
        this.limit = limit;
    }

    @Override
    public Grouping orderBy(Order... orders) {
        for (Order one : orders) {
            if (one.key() instanceof Order.ByField field && !keys.containsKey(field.path())) {
                throw new QueryException("The items are not grouped by " + field.path()
                        + ", so the groups cannot be ordered by it; order by a figure of it, such as max(…)");
            }
            if (one.key() instanceof Aggregate figure) {
                check(figure);
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
    public List<Group> select(Aggregate... figures) {
        Map<Aggregate, Node> wanted = wanted(figures);
        return Reader.ask(home, view -> groups(question(view, wanted), wanted)).orElse(List.of());
    }

    @Override
    public Explanation explain(Aggregate... figures) {
        Map<Aggregate, Node> wanted = wanted(figures);
        return home.layer()
                .view(home.model(), home.table())
                .map(view -> Explained.groups(home, question(view, wanted)))
                .orElseGet(() -> Explained.noTable(home));
    }

    private Map<Aggregate, Node> wanted(Aggregate... figures) {
        Map<Aggregate, Node> wanted = new LinkedHashMap<>();
        for (Aggregate figure : figures) {
            wanted.put(figure, check(figure));
        }
        return wanted;
    }

    private Node check(Aggregate figure) {
        if (figure.path().isEmpty()) {
            return home.model().root();
        }
        FieldPath path = figure.path().get();
        Paths.requireSingle(path, "A figure");
        Node node = Paths.follow(home.model(), path);
        switch (figure.function()) {
            case SUM, AVERAGE -> Figures.requireNumber(node, path, "A " + figure);
            case MINIMUM, MAXIMUM -> Paths.requireOrder(node, path);
            case COUNT, DISTINCT -> {}
        }
        return node;
    }

    private Question question(TableView<T> view, Map<Aggregate, Node> wanted) {
        Planned<T> planned = new Planned<>(view, home, criteria);
        Map<FieldPath, Operand> operands = new LinkedHashMap<>();
        List<Output> outputs = new ArrayList<>();
        for (FieldPath path : keys.keySet()) {
            Operand operand = planned.key(path, "A group");
            operands.put(path, operand);
            outputs.add(new Output.Value(operand));
        }
        for (Aggregate figure : wanted.keySet()) {
            outputs.add(output(planned, figure));
        }
        List<SortKey> sort = new ArrayList<>();
        for (Order one : order) {
            Output by = one.key() instanceof Order.ByField field
                    ? new Output.Value(planned.key(field.path(), "An order"))
                    : output(planned, (Aggregate) one.key());
            sort.add(Planned.sortKey(one, by));
        }
        if (!order.isEmpty()) {
            // Groups that are equal in what was asked for still come in one order.
            for (Operand operand : operands.values()) {
                sort.add(new SortKey(new Output.Value(operand), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
            }
        }
        return planned.figures(outputs, List.copyOf(operands.values()), sort, limit);
    }

    private static Output output(Planned<?> planned, Aggregate figure) {
        return switch (figure.function()) {
            case COUNT -> new Output.Count();
            case DISTINCT -> aggregate(planned, Output.Function.DISTINCT, figure);
            case SUM -> aggregate(planned, Output.Function.SUM, figure);
            case AVERAGE -> aggregate(planned, Output.Function.AVERAGE, figure);
            case MINIMUM -> aggregate(planned, Output.Function.MINIMUM, figure);
            case MAXIMUM -> aggregate(planned, Output.Function.MAXIMUM, figure);
        };
    }

    private static Output aggregate(Planned<?> planned, Output.Function function, Aggregate figure) {
        return new Output.Aggregate(function, planned.key(figure.path().orElseThrow(), "A figure"));
    }

    private List<Group> groups(Question question, Map<Aggregate, Node> wanted) {
        List<Group> groups = new ArrayList<>();
        try (RowCursor row = home.layer().select(question)) {
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
        Map<Aggregate, Optional<Object>> figures = new LinkedHashMap<>();
        for (Map.Entry<Aggregate, Node> figure : wanted.entrySet()) {
            figures.put(figure.getKey(), figure(figure.getKey(), figure.getValue(), row.get(column)));
            column++;
        }
        return new ItemGroup(values, figures);
    }

    private static Optional<Object> figure(Aggregate figure, Node node, @Nullable Object stored) {
        return switch (figure.function()) {
            case MINIMUM, MAXIMUM -> present(node.fromStored(stored));
            case SUM -> present(stored == null ? ModelQuery.zero(node.kind()) : stored);
            case COUNT, DISTINCT, AVERAGE -> present(stored);
        };
    }

    private static Optional<Object> present(@Nullable Object value) {
        return Optional.ofNullable(value);
    }
}
