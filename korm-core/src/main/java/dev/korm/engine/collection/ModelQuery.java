package dev.korm.engine.collection;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Assignment;
import dev.korm.Change;
import dev.korm.CursorException;
import dev.korm.Explanation;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Grouping;
import dev.korm.Item;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Property;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.live.ListenerSink;
import dev.korm.engine.live.LiveQueries;
import dev.korm.engine.live.QueryPublisher;
import dev.korm.engine.observe.UsageLog;
import dev.korm.engine.read.AggregateTypes;
import dev.korm.engine.read.Criteria;
import dev.korm.engine.read.IndexAdvice;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.read.ItemStream;
import dev.korm.engine.read.PlannedQuery;
import dev.korm.engine.read.PoolMoment;
import dev.korm.engine.read.QueryExplanation;
import dev.korm.engine.read.ResolvePaths;
import dev.korm.engine.write.BulkChange;
import dev.korm.engine.write.RelativeChange;
import dev.korm.event.PoolCall;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import dev.korm.model.Model;
import dev.korm.model.Node;
import dev.korm.query.FederatedSelection;
import dev.korm.query.FilterCheck;
import dev.korm.query.Keyset;
import dev.korm.query.PageCursor;
import dev.korm.query.Paths;
import dev.korm.spi.RowCursor;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A question about the items of one collection. */
final class ModelQuery<T> implements Query<T> {
    /** More are noted in the log. */
    private static final int MANY_CONSTANTS = 2_000;

    private final CollectionHandle<T> home;
    private final Criteria criteria;

    ModelQuery(CollectionHandle<T> home) {
        this(home, Criteria.ALL);
    }

    private ModelQuery(CollectionHandle<T> home, Criteria criteria) {
        this.home = home;
        this.criteria = criteria;
    }

    private Model<T> model() {
        return home.model();
    }

    @Override
    public Query<T> where(Filter filter) {
        long constants = FilterCheck.check(filter, model());
        if (constants > MANY_CONSTANTS) {
            UsageLog.once(() -> "a filter of " + home.collection() + " is sent with " + constants
                    + " constants; ask by what they have in common, or in several queries");
        }
        return new ModelQuery<>(home, criteria.where(filter));
    }

    @Override
    public Query<T> orderBy(Order... orders) {
        requireElements(orders, "orders");
        for (Order order : orders) {
            if (!(order.key() instanceof Order.ByField field)) {
                throw new QueryException("Items are ordered by fields; aggregates such as " + order.key()
                        + " order the groups of groupBy(…)");
            }
            Paths.requireSingle(field.path(), "An order");
            Paths.requireOrder(Paths.follow(model(), field.path()), field.path());
        }
        return new ModelQuery<>(home, criteria.orderBy(List.of(orders)));
    }

    @Override
    public Query<T> limit(int items) {
        if (items < 0) {
            throw new QueryException("A limit is 0 or more items, not " + items);
        }
        return new ModelQuery<>(home, criteria.limit(items));
    }

    @Override
    public Query<T> timeout(Duration longest) {
        requireNonNull(longest, "longest");
        if (longest.isNegative()) {
            throw new QueryException(
                    "A statement may take some time, not " + longest + "; zero is for as long as it likes");
        }
        return new ModelQuery<>(home, criteria.time(StatementLimit.of(longest)));
    }

    @Override
    public Query<T> resolvePaths(String... paths) {
        requireNonNull(paths, "paths");
        return new ModelQuery<>(home, criteria.resolve(criteria.resolve().with(model(), paths)));
    }

    @Override
    public Query<T> resolvePaths(FieldPath... paths) {
        requireElements(paths, "paths");
        return new ModelQuery<>(home, criteria.resolve(criteria.resolve().with(model(), List.of(paths))));
    }

    @Override
    public Query<T> requireReferences() {
        return new ModelQuery<>(home, criteria.resolve(criteria.resolve().required()));
    }

    @Override
    public Query<T> includeDeleted() {
        return new ModelQuery<>(withDeleted(home), criteria);
    }

    /** Returns a collection with the items that are deleted and kept. */
    static <T> CollectionHandle<T> withDeleted(CollectionHandle<T> home) {
        PoolContext pool = home.pool();
        if (pool.layers().showDeleted()) {
            return home;
        }
        if (pool.outer().isPresent()) {
            throw new QueryException("A transaction does not look at deleted items of " + home.collection()
                    + "; ask for them before it, outside. An item can be restored in it all the same, by its RN");
        }
        return home.in(pool.withDeleted());
    }

    @Override
    public List<Item<T>> get() {
        return reading(PoolCall.QUERY, this::all);
    }

    /** Puts a question, with its limit of time, of which replicas may answer each part. */
    private <R> R reading(String operation, Supplier<R> question) {
        return criteria.time().run(() -> home.reading(operation, question));
    }

    /** Does what replicas have no part in, with the query's limit of time. */
    private <R> R timed(String operation, Supplier<R> work) {
        return criteria.time().run(() -> home.call(operation, work));
    }

    private List<Item<T>> all() {
        return criteria.resolve().read(home, view -> new PlannedQuery<>(view, home, criteria).items(criteria));
    }

    @Override
    public Optional<Item<T>> first() {
        OptionalLong limit = criteria.limit();
        Criteria one = limit.isPresent() && limit.getAsLong() == 0 ? criteria : criteria.limit(1);
        return new ModelQuery<>(home, one).get().stream().findFirst();
    }

    @Override
    public Stream<Item<T>> stream() {
        return criteria.time().streaming().run(() -> home.reading(PoolCall.STREAM, this::opened));
    }

    private Stream<Item<T>> opened() {
        return ItemReader.ask(
                        home,
                        view -> ItemStream.open(
                                home, view, new PlannedQuery<>(view, home, criteria).items(criteria), criteria))
                .orElseGet(Stream::empty);
    }

    @Override
    public Page<T> page(int size) {
        return page(size, null);
    }

    @Override
    public Page<T> page(int size, @Nullable String cursor) {
        requirePage(size);
        return reading(PoolCall.QUERY, () -> ItemReader.ask(
                        home, view -> resolved(page(view, home, size, cursor), OptionalLong.empty()))
                .orElseGet(() -> new Page<>(List.of(), Optional.empty())));
    }

    @Override
    public Page<T> pageWithTotal(int size) {
        return pageWithTotal(size, null);
    }

    @Override
    public Page<T> pageWithTotal(int size, @Nullable String cursor) {
        requirePage(size);
        return timed(PoolCall.QUERY, () -> ItemReader.ask(home, view -> pageWithTotal(view, size, cursor))
                .orElseGet(() -> new Page<>(List.of(), Optional.empty(), OptionalLong.of(0))));
    }

    private void requirePage(int size) {
        if (size < 1) {
            throw new QueryException("A page has at least one item, not " + size);
        }
        if (criteria.limit().isPresent()) {
            throw new QueryException("A page has its size; leave out limit(…)");
        }
    }

    private Page<T> pageWithTotal(TableView<T> view, int size, @Nullable String cursor) {
        PoolContext pool = home.pool();
        if (pool.outer().isPresent() && !pool.layers().showDeleted()) {
            // A transaction sees what it has read and written, and no moment of a store.
            return counted(view, home, size, cursor);
        }
        PageOfRows<T> page;
        OptionalLong total;
        try (PoolMoment moment = new PoolMoment(pool)) {
            CollectionHandle<T> then = home.in(moment.view());
            page = page(view, then, size, cursor);
            total = OptionalLong.of(total(view, then, page, cursor));
        }
        return resolved(page, total);
    }

    private Page<T> counted(TableView<T> view, CollectionHandle<T> seen, int size, @Nullable String cursor) {
        PageOfRows<T> page = page(view, seen, size, cursor);
        return resolved(page, OptionalLong.of(total(view, seen, page, cursor)));
    }

    private long total(TableView<T> view, CollectionHandle<T> seen, PageOfRows<T> page, @Nullable String cursor) {
        if (cursor == null && page.next().isEmpty()) {
            return page.items().size();
        }
        PlannedQuery<T> planned = new PlannedQuery<>(view, seen, criteria);
        try (RowCursor row = seen.layer()
                .select(planned.aggregates(List.of(new Output.Count()), List.of(), List.of(), OptionalLong.empty()))) {
            return row.next() && row.get(0) instanceof Number count ? count.longValue() : 0;
        }
    }

    /** A page as it was read. */
    private record PageOfRows<T>(List<StoredItem<T>> items, Optional<String> next) {}

    private Page<T> resolved(PageOfRows<T> page, OptionalLong total) {
        return new Page<>(criteria.resolve().resolve(home.pool(), page.items()), page.next(), total);
    }

    /** @param seen the collection at the moment that is read */
    private PageOfRows<T> page(TableView<T> view, CollectionHandle<T> seen, int size, @Nullable String cursor) {
        PlannedQuery<T> planned = new PlannedQuery<>(view, seen, criteria);
        List<SortKey> order = planned.orderThenId(criteria);
        requireContinuable(order);
        String identity = home.collection() + " " + criteria.filter() + " " + order;
        Condition after = Condition.ALWAYS;
        if (cursor != null) {
            List<@Nullable Object> values = PageCursor.read(identity, cursor);
            if (values.size() != order.size()) {
                throw new CursorException("The cursor belongs to another query; begin again at the first page");
            }
            after = Keyset.after(order, values);
        }
        List<StoredItem<T>> items = new ArrayList<>();
        List<@Nullable Object> last = new ArrayList<>();
        boolean more = false;
        FederatedSelection asked = planned.items(after, order, size + 1L);
        if (cursor != null) {
            IndexAdvice.unindexedOrder(view.schema(), asked.selection())
                    .ifPresent(field -> UsageLog.sortedPage(home.collection().toString(), field, size));
        }
        try (RowCursor row = seen.layer().select(asked)) {
            while (row.next()) {
                if (items.size() == size) {
                    more = true;
                    break;
                }
                items.add(StoredItem.read(view, row, home));
                // Only a page that is full can have another behind it.
                for (int key = 0; items.size() == size && key < order.size(); key++) {
                    last.add(row.get(view.width() + key));
                }
            }
        }
        Optional<String> next = more ? Optional.of(PageCursor.write(identity, last)) : Optional.empty();
        return new PageOfRows<>(items, next);
    }

    /** Checks that the layer can go on behind a value of each key. */
    private void requireContinuable(List<SortKey> order) {
        for (int i = 0; i < criteria.order().size(); i++) {
            if (Keyset.isForeign(order.get(i).output().operands().get(0))
                    && !Keyset.canContinue(
                            order.get(i), home.layer().store().capabilities().pushdown())) {
                throw new QueryException("Pages of " + home.collection() + " cannot be ordered by "
                        + ((Order.ByField) criteria.order().get(i).key()).path()
                        + ", since its column is of a type that korm does not know; order by another field, or read"
                        + " the items without pages");
            }
        }
    }

    @Override
    public long count() {
        long count = aggregate(planned -> new Output.Count())
                .map(value -> ((Number) value).longValue())
                .orElse(0L);
        OptionalLong limit = criteria.limit();
        return limit.isPresent() ? Math.min(limit.getAsLong(), count) : count;
    }

    @Override
    public boolean exists() {
        return reading(PoolCall.QUERY, this::isAny);
    }

    private boolean isAny() {
        return ItemReader.ask(home, view -> {
                    OptionalLong limit = criteria.limit();
                    long most = limit.isPresent() ? Math.min(1, limit.getAsLong()) : 1;
                    PlannedQuery<T> planned = new PlannedQuery<>(view, home, criteria);
                    List<Output> id = List.of(new Output.Value(ItemIds.operand()));
                    try (RowCursor row =
                            home.layer().select(planned.aggregates(id, List.of(), List.of(), OptionalLong.of(most)))) {
                        return row.next();
                    }
                })
                .orElse(false);
    }

    @Override
    public Number sum(String path) {
        return sum(FieldPath.parse(path));
    }

    @Override
    public <V> Number sum(Property<T, V> property) {
        return sum(FieldPath.of(property));
    }

    private Number sum(FieldPath path) {
        Node node = requireNumber(path, "A sum");
        return aggregate(Output.Function.SUM, path).map(value -> (Number) value).orElseGet(() -> zero(node.kind()));
    }

    static Number zero(ColumnKind kind) {
        return switch (kind) {
            case REAL -> 0.0;
            case DECIMAL -> BigDecimal.ZERO;
            default -> 0L;
        };
    }

    @Override
    public Optional<Double> avg(String path) {
        return avg(FieldPath.parse(path));
    }

    @Override
    public <V> Optional<Double> avg(Property<T, V> property) {
        return avg(FieldPath.of(property));
    }

    private Optional<Double> avg(FieldPath path) {
        requireNumber(path, "A mean");
        return aggregate(Output.Function.AVERAGE, path).map(value -> ((Number) value).doubleValue());
    }

    @Override
    public Optional<Object> min(String path) {
        return extreme(Output.Function.MINIMUM, FieldPath.parse(path));
    }

    @Override
    public <V> Optional<V> min(Property<T, V> property) {
        return typed(property, Output.Function.MINIMUM);
    }

    @Override
    public Optional<Object> max(String path) {
        return extreme(Output.Function.MAXIMUM, FieldPath.parse(path));
    }

    @Override
    public <V> Optional<V> max(Property<T, V> property) {
        return typed(property, Output.Function.MAXIMUM);
    }

    @SuppressWarnings("unchecked") // The aggregate is put into what the accessor answers.
    private <V> Optional<V> typed(Property<T, V> property, Output.Function function) {
        FieldPath path = FieldPath.of(property);
        return (Optional<V>)
                extreme(function, path).map(value -> AggregateTypes.asDeclared(value, model().type(), path));
    }

    private Optional<Object> extreme(Output.Function function, FieldPath path) {
        Node node = Paths.follow(model(), path);
        Paths.requireOrder(node, path);
        return aggregate(function, path).map(node::fromStored);
    }

    private Node requireNumber(FieldPath path, String use) {
        Node node = Paths.follow(model(), path);
        AggregateTypes.requireNumber(node, path, use);
        return node;
    }

    private Optional<Object> aggregate(Output.Function function, FieldPath path) {
        return aggregate(planned -> new Output.Aggregate(function, planned.key(path, "An aggregate")));
    }

    private Optional<Object> aggregate(Function<PlannedQuery<T>, Output> output) {
        return reading(PoolCall.AGGREGATE, () -> aggregated(output));
    }

    private Optional<Object> aggregated(Function<PlannedQuery<T>, Output> output) {
        boolean counts = criteria.limit().isPresent();
        return ItemReader.ask(home, view -> {
                    PlannedQuery<T> planned = new PlannedQuery<>(view, home, criteria);
                    Output aggregate = output.apply(planned);
                    if (counts && !(aggregate instanceof Output.Count)) {
                        throw new QueryException(
                                "An aggregate is over all items that the filter selects; leave out limit(…)");
                    }
                    List<Output> outputs = List.of(aggregate);
                    try (RowCursor row = home.layer()
                            .select(planned.aggregates(outputs, List.of(), List.of(), OptionalLong.empty()))) {
                        return row.next() ? Optional.ofNullable(row.get(0)) : Optional.empty();
                    }
                })
                .flatMap(Function.identity());
    }

    @Override
    public Grouping groupBy(String... paths) {
        requireNonNull(paths, "paths");
        FieldPath[] parsed = new FieldPath[paths.length];
        for (int i = 0; i < paths.length; i++) {
            parsed[i] = FieldPath.parse(paths[i]);
        }
        return groupBy(parsed);
    }

    @Override
    public Grouping groupBy(FieldPath... paths) {
        requireElements(paths, "paths");
        if (criteria.limit().isPresent()) {
            throw new QueryException(
                    "Groups are made of all items that the filter selects; leave out limit(…) before groupBy");
        }
        Map<FieldPath, Node> keys = new LinkedHashMap<>();
        for (FieldPath path : paths) {
            Paths.requireSingle(path, "A group");
            Node key = Paths.follow(model(), path);
            Paths.requireOpen(key.kind(), path, "A group");
            keys.put(path, key);
        }
        return new ItemGrouping<>(home, criteria, keys);
    }

    @Override
    public long deleteAll() {
        requireFilter("deleteAll", "deleted");
        if (home.pool().outer().isPresent()) {
            return eachOfTransaction(item -> ((StoredItem<T>) item).deletion());
        }
        return timed(PoolCall.DELETE, () -> ItemReader.ask(home, view -> new BulkChange<>(home, view)
                        .delete(new PlannedQuery<>(view, home, criteria).rows(criteria)))
                .orElse(0L));
    }

    @Override
    public long updateAll(Assignment... assignments) {
        requireFilter("updateAll", "changed");
        if (assignments.length == 0) {
            throw new QueryException("updateAll needs at least one assignment, such as set(\"registered\", false)");
        }
        Map<FieldPath, Object> values = new LinkedHashMap<>();
        for (Assignment assignment : assignments) {
            if (values.containsKey(assignment.path())) {
                throw new QueryException("updateAll sets " + assignment.path() + " twice");
            }
            values.put(assignment.path(), assignment.value());
            if (!model().root().isDynamic()) {
                model().column(assignment.path());
            }
        }
        if (home.pool().outer().isPresent()) {
            return eachOfTransaction(item -> item.apply(assignments));
        }
        if (Stream.of(assignments).anyMatch(each -> each.operation() != Assignment.Operation.SET)) {
            ModelQuery<T> unresolved = new ModelQuery<>(home, criteria.resolve(ResolvePaths.NONE));
            // What is changed is read where it is changed.
            return timed(PoolCall.UPDATE, () -> new RelativeChange<>(home).run(unresolved::opened, assignments));
        }
        return timed(PoolCall.UPDATE, () -> ItemReader.ask(home, view -> update(view, values))
                .orElse(0L));
    }

    /** Changes each item that is found, in a transaction, which keeps its changes in memory. */
    private long eachOfTransaction(Function<Item<T>, Change<T>> change) {
        List<Item<T>> items = new ModelQuery<>(home, criteria.resolve(ResolvePaths.NONE)).get();
        home.pool()
                .limit()
                .require(items.size(), home.collection(), home.layer().layer());
        items.forEach(item -> home.pool().items().store(change.apply(item)));
        return items.size();
    }

    private long update(TableView<T> view, Map<FieldPath, ? extends @Nullable Object> values) {
        TableView<T> evolved = view.isComplete()
                ? view
                : home.layer()
                        .evolved(model(), home.table(), model().assigned(values), wanted -> model().encodeAssignments(
                                        values, wanted));
        return new BulkChange<>(home, evolved)
                .update(new PlannedQuery<>(evolved, home, criteria).rows(criteria), values);
    }

    private void requireFilter(String call, String what) {
        if (home.pool().outer().isEmpty()
                && !home.pool().items().seen(home.pool()).equals(home.pool())) {
            throw new QueryException(
                    call + " of " + home.collection() + " is of a query that was made outside the transaction"
                            + " that the thread is within, and would be no part of it; make the query within the transaction");
        }
        if (home.pool().layers().showDeleted()) {
            throw new QueryException(call + " reaches no deleted items of " + home.collection()
                    + "; leave out includeDeleted(). What is deleted can be restored by Items.restore(…), and purged");
        }
        if (criteria.filter().isEmpty()) {
            throw new QueryException(call + " without a filter would reach every item of " + home.collection()
                    + "; if all are to be " + what + ", use where(everything())");
        }
    }

    @Override
    public LiveQuery<T> live(LiveListener<T> listener) {
        requireNonNull(listener, "listener");
        return LiveQueries.start(home, criteria, new ListenerSink<>(listener), null, Long.MAX_VALUE);
    }

    @Override
    public LiveQuery<T> live(LiveListener<T> listener, LivePosition from) {
        requireNonNull(listener, "listener");
        requireNonNull(from, "from");
        return LiveQueries.start(home, criteria, new ListenerSink<>(listener), from, Long.MAX_VALUE);
    }

    @Override
    public Flow.Publisher<LiveEvent<T>> publisher() {
        return new QueryPublisher<>(home, criteria);
    }

    @Override
    public Explanation explain() {
        return home.layer()
                .view(model(), home.table())
                .map(view -> QueryExplanation.query(
                        home, new PlannedQuery<>(view, home, criteria).items(criteria), criteria))
                .orElseGet(() -> QueryExplanation.noTable(home));
    }

    /** Returns a description of the query, without its constants. */
    @Override
    public String toString() {
        return "Query of " + home.collection() + " " + criteria;
    }
}
