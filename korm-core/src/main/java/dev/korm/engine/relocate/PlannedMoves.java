package dev.korm.engine.relocate;

import dev.korm.ChangeTooLargeException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemArrival;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemDeparture;
import dev.korm.engine.item.MovingItem;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.MovedPlaces;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The moves of one change. An item's is two steps, one in each layer; their rows are read when the steps are first encoded, and then all moves of the change are known, so
 * that references among what is moved are right. For one thread.
 */
public final class PlannedMoves {
    private final PoolContext pool;
    private final MovedPlaces places = new MovedPlaces();
    /** Made when something is moved, which most changes do not. */
    private Map<Way, MovedRows<?>> rows = Map.of();

    private Map<ItemKey, CollectionHandle<?>> collections = Map.of();

    private record Way(ItemKey source, String layer, Class<?> type) {}

    public PlannedMoves(PoolContext pool) {
        this.pool = pool;
    }

    public boolean isEmpty() {
        return places.isEmpty();
    }

    /** Returns all that is moved. */
    public MovedPlaces places() {
        return places;
    }

    /** Adds the move of an item, and returns its steps. */
    public <T> List<ItemChange<?>> add(MovingItem<T> move) {
        StoredItem<T> item = move.stored();
        places.add(item.home().key(item.rn()), move.layer());
        return steps(item, rows(item.home().base(), move.layer()));
    }

    /**
     * Adds the move of a collection, and returns the steps of its items.
     *
     * @throws ChangeTooLargeException when they are more than the pool changes at once
     */
    public <T> List<ItemChange<?>> add(MovingCollection<T> move) {
        CollectionHandle<T> source = move.source().base();
        if (source.layer().schema(source.table()).isEmpty()) {
            return List.of();
        }
        places.add(source.layer().layer(), source.table(), move.layer());
        if (collections.isEmpty()) {
            collections = new LinkedHashMap<>();
        }
        collections.put(new ItemKey(source.layer().layer(), source.table(), ""), source);
        List<StoredItem<T>> items = all(source);
        if (items.size() > pool.limit().most()) {
            throw new ChangeTooLargeException(
                    "Nothing of " + source.collection() + " was moved to the layer \"" + move.layer()
                            + "\": it has more than the " + pool.limit().most()
                            + " items that one change holds in memory. Move it by itself, by move() of the same relocation, which"
                            + " has no such bound, or allow more by largestChange(…)");
        }
        MovedRows<T> of = rows(source, move.layer());
        List<ItemChange<?>> steps = new ArrayList<>();
        items.forEach(item -> steps.addAll(steps(item, of)));
        return steps;
    }

    private <T> List<StoredItem<T>> all(CollectionHandle<T> source) {
        CollectionHandle<T> all = source.in(pool.withDeleted());
        return ItemReader.ask(
                        all,
                        view -> ItemReader.all(
                                view,
                                all,
                                FederatedSelection.of(view.selection(
                                        List.of(),
                                        Condition.ALWAYS,
                                        List.of(),
                                        OptionalLong.of(pool.limit().most() + 1L)))))
                .orElse(List.of());
    }

    @SuppressWarnings("unchecked") // Rows are kept under the type of their items.
    private <T> MovedRows<T> rows(CollectionHandle<T> source, String layer) {
        OpenLayer to = pool.layers().layer(layer);
        Way way = new Way(
                new ItemKey(source.layer().layer(), source.table(), ""),
                layer,
                source.model().type());
        if (rows.isEmpty()) {
            rows = new HashMap<>();
        }
        return (MovedRows<T>) rows.computeIfAbsent(way, any -> {
            Rn<T> bare =
                    Rn.collection(source.table().namespace(), source.table().kind());
            return new MovedRows<>(
                    source, new CollectionHandle<>(pool, to, source.model(), source.table(), bare.from(layer)), places);
        });
    }

    private <T> List<ItemChange<?>> steps(StoredItem<T> item, MovedRows<T> of) {
        String id = item.rn().id().orElseThrow();
        CollectionHandle<T> target = of.target();
        String from = item.home().layer().layer();
        String to = target.layer().layer();
        long revision = pool.environment().revisions().nextAfter(item.revision());
        of.add(id, revision);
        return List.of(
                new ItemDeparture<>(item),
                new ItemArrival<>(
                        target,
                        target.collection().item(id),
                        () -> target.model().mapAllReferences(item.data(), each -> places.renamedAlong(from, to, each)),
                        revision,
                        () -> of.row(id)));
    }

    /**
     * Checks that nothing that is stored names the old place of what is moved.
     *
     * @throws QueryException when something does
     */
    public void requireNamed(Collection<? extends ItemChange<?>> steps) {
        if (isEmpty()) {
            return;
        }
        for (ItemChange<?> step : steps) {
            String layer = step.home().layer().layer();
            if (!step.removes()
                    && step.thenRenaming(rn -> places.renamed(layer, rn)).isPresent()) {
                throw new QueryException(step.rn()
                        + " refers to an item that the transaction has moved to another layer before. Have it refer to the"
                        + " item that the move returned");
            }
        }
    }

    /** Returns the guards that nobody has stored an item meanwhile in a collection that is moved, by layer. */
    public Map<OpenLayer, List<Mutation>> guards() {
        Map<OpenLayer, List<Mutation>> guards = new LinkedHashMap<>();
        collections.values().forEach(source -> guards.computeIfAbsent(source.layer(), any -> new ArrayList<>())
                .add(new Mutation.RequireNone(new Selection(
                        source.table(),
                        List.of(),
                        List.of(),
                        Condition.ALWAYS,
                        List.of(),
                        List.of(),
                        OptionalLong.empty()))));
        return guards;
    }

    /** Returns the collections that are moved as a whole. */
    public Set<Rn<?>> collections() {
        Set<Rn<?>> moved = new LinkedHashSet<>();
        collections.values().forEach(source -> moved.add(source.collection()));
        return moved;
    }

    /** Returns whether an item is of a collection that is moved as a whole. */
    public boolean isOfCollection(ItemKey key) {
        return collections.containsKey(new ItemKey(key.layer(), key.table(), ""));
    }
}
