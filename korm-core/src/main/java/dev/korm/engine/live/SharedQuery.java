package dev.korm.engine.live;

import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.Criteria;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.read.PlannedQuery;
import dev.korm.live.LiveEvent;
import dev.korm.live.LivePosition;
import dev.korm.query.CrossLayerJoin;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope.SourceRow;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A live query with all its listeners: it is answered once for all of them. What it holds is guarded by its {@link Guard}, and it is answered at the guard's moments.
 *
 * <p>Of an answer that was told it keeps ids and versions alone. When something changed that it depends on, it asks for ids and revisions, and for the data of those that are new.
 */
final class SharedQuery<T> {
    private final QueryKey key;
    private final CollectionHandle<T> home;
    private final Criteria criteria;
    private final Guard guard;
    private final boolean deep;
    private final Set<Subscription<T>> subscriptions = new LinkedHashSet<>();
    private final Set<LayerTable> tables = new HashSet<>();
    private final Set<LayerTable> followed = new HashSet<>();
    private Answer answer = Answer.NONE;

    /** How many are about to add a listener. */
    private int retained;

    private @Nullable HeldPosition position;

    SharedQuery(QueryKey key, CollectionHandle<T> home, Criteria criteria, Guard guard) {
        this.key = key;
        this.home = home;
        this.criteria = criteria;
        this.guard = guard;
        this.deep = DeepPaths.areIn(criteria);
    }

    QueryKey key() {
        return key;
    }

    Guard guard() {
        return guard;
    }

    String collection() {
        return key.collection();
    }

    Set<Subscription<T>> subscriptions() {
        return subscriptions;
    }

    void retain() {
        retained++;
    }

    void release() {
        retained--;
    }

    boolean isUnused() {
        return retained == 0 && subscriptions.isEmpty();
    }

    /** Takes note of tables whose changes it is told of. */
    Set<LayerTable> followed(Set<LayerTable> more) {
        followed.addAll(more);
        return followed;
    }

    /** Returns the tables that its last answer depended on and of whose changes it is not told yet. */
    Set<LayerTable> unfollowed() {
        Set<LayerTable> more = new LinkedHashSet<>(tables);
        more.removeAll(followed);
        return more;
    }

    /** Ends it with its pool. */
    void end() {
        subscriptions.forEach(Subscription::end);
        subscriptions.clear();
    }

    /** Returns the tables that its last answer depended on. */
    Set<LayerTable> tables() {
        return tables;
    }

    /** Returns the tables that a query depends on, as they are now. */
    static <T> Set<LayerTable> tables(CollectionHandle<T> home, Criteria criteria) {
        Set<LayerTable> tables = new LinkedHashSet<>();
        tables.add(new LayerTable(home.layer().layer(), home.table()));
        home.layer()
                .view(home.model(), home.table())
                .ifPresent(view -> addTables(
                        home.layer().layer(), new PlannedQuery<>(view, home, criteria).itemsInOrder(criteria), tables));
        return tables;
    }

    private static void addTables(String layer, FederatedSelection federated, Set<LayerTable> tables) {
        federated.selection().tables().forEach((source, table) -> {
            CrossLayerJoin away = federated.crossLayerJoins().get(source);
            tables.add(new LayerTable(away == null ? layer : away.layer(), table));
        });
    }

    /** Brings the answer to the guard's moment, tells the listeners of the difference, and returns all items. */
    List<Item<T>> answerInFull() {
        CollectionHandle<T> then = then();
        List<StoredItem<T>> items = ItemReader.ask(then, view -> {
                    FederatedSelection asked = new PlannedQuery<>(view, then, criteria).itemsInOrder(criteria);
                    depend(asked, view.schema());
                    return ItemReader.all(view, then, asked);
                })
                .orElse(List.of());
        List<Entry> entries = new ArrayList<>(items.size());
        List<Item<T>> all = new ArrayList<>(items.size());
        Map<String, Item<T>> byId = new HashMap<>();
        ResolvedItems resolved =
                new ResolvedItems(criteria.resolve(), then.layer().layer());
        for (Item<T> item : criteria.resolve().resolve(then.pool(), items)) {
            StoredItem<T> whole = (StoredItem<T>) item;
            StoredItem<T> own = whole.in(home);
            String id = own.rn().id().orElseThrow();
            entries.add(new Entry(id, resolved.version(whole)));
            all.add(own);
            byId.put(id, own);
        }
        for (LayerTable table : resolved.tables()) {
            if (guard.moment(key.deletedToo()).has(table)) {
                tables.add(table);
            }
        }
        become(new Answer(entries), byId);
        return all;
    }

    /** Brings the answer to the guard's moment, and tells the listeners of the difference. */
    void answer() {
        if (!criteria.resolve().isEmpty()) {
            answerInFull();
            return;
        }
        CollectionHandle<T> then = then();
        List<Entry> entries = ItemReader.ask(then, view -> {
                    FederatedSelection asked = new PlannedQuery<>(view, then, criteria).revisionsInOrder(criteria);
                    depend(asked, view.schema());
                    List<Entry> found = new ArrayList<>();
                    try (RowCursor row = then.layer().select(asked)) {
                        while (row.next()) {
                            found.add(new Entry(view.id(row, then.layer().layer()), view.revision(row)));
                        }
                    }
                    return found;
                })
                .orElse(List.of());
        become(new Answer(entries), Map.of());
    }

    private CollectionHandle<T> then() {
        return home.in(guard.moment(key.deletedToo()).view());
    }

    private void depend(FederatedSelection asked, TableSchema schema) {
        tables.clear();
        tables.add(new LayerTable(key.layer(), key.table()));
        addTables(key.layer(), asked, tables);
        guard.index(key.layer(), key.table()).ifPresent(index -> {
            boolean judged = index.judge(this) != null;
            if (isJudged(asked)) {
                index.put(this, Judge.of(asked, schema, key.layer(), deep), schema);
                if (!judged) {
                    answer.entries().forEach(entry -> index.hold(this, entry.id()));
                }
            } else if (judged) {
                index.remove(this, answer);
                guard.noteUnjudged(key.table(), this);
            }
        });
    }

    /**
     * Returns whether changes of the table are judged by their rows. Those of items that are deleted, or that carry others, do not tell enough; where references lead into the table itself, each change may concern others than its
     * own row; and of documents only the data says where references lead.
     */
    private boolean isJudged(FederatedSelection asked) {
        return !key.deletedToo()
                && criteria.resolve().isEmpty()
                && !(deep && home.model().root().isDynamic())
                && asked.selection().joinsBySource().values().stream()
                        .noneMatch(join -> join.target().equals(key.table()));
    }

    /** Returns whether the answer may depend on tables that are made later. */
    boolean isDeep() {
        return deep;
    }

    /** Returns whether it is one of the pool's queries still, of which somebody is told. */
    boolean isUsed() {
        return guard.queries().get(key) == this && !subscriptions.isEmpty();
    }

    private Optional<TableIndex> ownIndex() {
        return guard.index(key.layer(), key.table()).filter(index -> index.judge(this) != null);
    }

    void leaveIndex() {
        ownIndex().ifPresent(index -> index.remove(this, answer));
    }

    /**
     * Brings the answer to the guard's moment, of which it is known which rows have changed that can alter it.
     *
     * @param rows those that are there at the moment
     * @param gone ids of those that are not
     */
    void answer(Map<String, SourceRow> rows, Set<String> gone) {
        Judge judge = ownIndex().map(index -> index.judge(this)).orElse(null);
        if (judge == null || !judge.isWhole()) {
            answer();
            return;
        }
        List<Entry> entries = new ArrayList<>(answer.entries());
        gone.forEach(id -> IdOrder.remove(entries, id));
        rows.forEach((id, row) -> {
            if (judge.admits(row)) {
                long revision = row.get(TableName.REVISION) instanceof Number number ? number.longValue() : 0;
                IdOrder.put(entries, new Entry(id, revision));
            } else {
                IdOrder.remove(entries, id);
            }
        });
        become(new Answer(entries), Map.of());
    }

    /**
     * Takes an answer, and tells the listeners of the difference. Whatever fails does so before it is taken; so the next one is compared with what they hold.
     *
     * @param known items of the answer that were read along with it
     */
    private void become(Answer found, Map<String, Item<T>> known) {
        Answer now = found;
        List<Difference.Step> steps = steps(now);
        Map<String, Item<T>> items = items(steps, known);
        for (Set<String> gone = missing(steps, items); !gone.isEmpty(); gone = missing(steps, items)) {
            requireSeveralMoments();
            now = now.without(gone);
            steps = steps(now);
            items = items(steps, items);
        }
        HeldPosition moment = moment(now);
        List<LiveEvent<T>> events = steps.size() > Subscription.MOST ? List.of() : events(steps, items, moment);
        Answer told = now;
        ownIndex().ifPresent(index -> reindex(index, told));
        answer = told;
        position = moment;
        for (Subscription<T> each : subscriptions) {
            tell(each, steps, events);
        }
    }

    private List<Difference.Step> steps(Answer now) {
        return subscriptions.isEmpty() ? List.of() : Difference.between(answer, now);
    }

    /** Returns the ids of items that steps tell of and that are not known; none where there are so many steps that they are not told. */
    private Set<String> missing(List<Difference.Step> steps, Map<String, Item<T>> known) {
        Set<String> missing = new LinkedHashSet<>();
        if (steps.size() <= Subscription.MOST) {
            for (Difference.Step step : steps) {
                if (!(step instanceof Difference.Leave) && !known.containsKey(step.id())) {
                    missing.add(step.id());
                }
            }
        }
        return missing;
    }

    /** Requires a layer without snapshots: one finds an item, and it is deleted before it is read. Then it is not in the answer, as the feed will say. */
    private void requireSeveralMoments() {
        if (home.layer().store().capabilities().has(Feature.SNAPSHOTS)) {
            throw new IllegalStateException("An item is not there that was at the same moment");
        }
    }

    private void reindex(TableIndex index, Answer now) {
        Set<String> before = ids(answer);
        Set<String> after = ids(now);
        before.stream().filter(id -> !after.contains(id)).forEach(id -> index.letGo(this, id));
        after.stream().filter(id -> !before.contains(id)).forEach(id -> index.hold(this, id));
    }

    private static Set<String> ids(Answer of) {
        Set<String> ids = new HashSet<>(2 * of.size());
        of.entries().forEach(entry -> ids.add(entry.id()));
        return ids;
    }

    private HeldPosition moment(Answer now) {
        LiveMoment moment = guard.moment(key.deletedToo());
        Map<String, ChangeFeed.Position> layers = new LinkedHashMap<>();
        for (LayerTable table : tables) {
            layers.computeIfAbsent(table.layer(), moment::position);
        }
        return new HeldPosition(key.identity(), layers, now);
    }

    /** Returns the items that steps tell of, read at the moment where they are not known. */
    private Map<String, Item<T>> items(List<Difference.Step> steps, Map<String, Item<T>> known) {
        Set<String> wanted = missing(steps, known);
        if (wanted.isEmpty()) {
            return known;
        }
        Map<String, Item<T>> items = new HashMap<>(known);
        Map<String, StoredItem<?>> read = guard.items(then(), key.deletedToo(), wanted);
        for (String id : wanted) {
            StoredItem<?> item = read.get(id);
            if (item != null) {
                items.put(id, own(item));
            }
        }
        return items;
    }

    @SuppressWarnings("unchecked") // It was read as the type of this query.
    private StoredItem<T> own(StoredItem<?> item) {
        return ((StoredItem<T>) item).in(home);
    }

    private void tell(Subscription<T> listener, List<Difference.Step> steps, List<LiveEvent<T>> events) {
        listener.recovered();
        if (steps.size() > Subscription.MOST) {
            listener.reset();
        } else if (!events.isEmpty()) {
            listener.offer(events, answer.size());
        }
    }

    private List<LiveEvent<T>> events(List<Difference.Step> steps, Map<String, Item<T>> items, LivePosition moment) {
        List<LiveEvent<T>> events = new ArrayList<>(steps.size());
        for (Difference.Step step : steps) {
            int remaining = steps.size() - events.size() - 1;
            if (step instanceof Difference.Leave left) {
                events.add(new LiveEvent.Left<>(home.collection().item(left.id()), left.at(), moment, remaining));
            } else {
                Item<T> item = items.get(step.id());
                if (item == null) {
                    throw new IllegalStateException("An item is told of that was not read");
                }
                if (step instanceof Difference.Enter entered) {
                    events.add(new LiveEvent.Entered<>(item, entered.at(), moment, remaining));
                } else if (step instanceof Difference.Change changed) {
                    events.add(new LiveEvent.Changed<>(item, changed.at(), moment, remaining));
                } else if (step instanceof Difference.Move moved) {
                    events.add(new LiveEvent.Moved<>(item, moved.from(), moved.to(), moment, remaining));
                }
            }
        }
        return events;
    }

    /**
     * Adds a listener, to whom the difference is told between what it held before and the answer, which is of this moment.
     *
     * @param all the items of the answer
     * @param before null where it held nothing that is known
     */
    void add(Subscription<T> listener, List<Item<T>> all, @Nullable Answer before) {
        subscriptions.add(listener);
        if (before == null) {
            listener.restart(snapshot(all));
            return;
        }
        Map<String, Item<T>> known = new HashMap<>();
        all.forEach(item -> known.put(item.rn().id().orElseThrow(), item));
        List<Difference.Step> steps = Difference.between(before, answer);
        if (steps.size() > Subscription.MOST) {
            listener.restart(snapshot(all));
        } else {
            tell(listener, steps, events(steps, known, held()));
        }
    }

    /** Returns a snapshot of the answer, which is of this moment. */
    LiveEvent.Snapshot<T> snapshot(List<Item<T>> all) {
        return new LiveEvent.Snapshot<>(all, held());
    }

    HeldPosition held() {
        HeldPosition known = position;
        if (known == null) {
            throw new IllegalStateException("The query was not answered yet");
        }
        return known;
    }

    /** Tells all listeners that the query could not be answered; it stays to be asked. */
    void fail(KormException failure) {
        subscriptions.forEach(each -> each.fail(failure));
    }
}
