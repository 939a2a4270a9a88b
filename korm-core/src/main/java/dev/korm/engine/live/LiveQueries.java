package dev.korm.engine.live;

import dev.korm.Item;
import dev.korm.QueryException;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.feed.FeedPruning;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.Criteria;
import dev.korm.live.LivePosition;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The live queries of a pool. Safe for many threads.
 *
 * <p>A layer that some query depends on has a {@link FollowedLayer}, whose thread reads its feed. Equal queries are one {@link SharedQuery}, which is answered at the moments of its {@link Guard}:
 * that of its layer, or one for all queries that depend on several. Each listener has a {@link Subscription}, and is told by threads of {@link Deliveries}, so that nobody waits for it.
 */
public final class LiveQueries implements PoolLifecycle.Part {
    /** So often at the most a query is asked again at the beginning, since it turns out to depend on more tables. */
    private static final int ATTEMPTS = 20;

    /** Changes that are looked through to find out whether a query has missed any. */
    private static final int MISSED = 10_000;

    private final PoolContext pool;
    private final LiveTimer timer;
    private final Deliveries deliveries;
    private final Guard several;
    private final Map<String, FollowedLayer> layers = new ConcurrentHashMap<>();

    private LiveQueries(PoolContext pool) {
        this.pool = pool;
        this.timer = new LiveTimer(pool.environment());
        this.deliveries = new Deliveries(pool.environment(), timer);
        this.several = new Guard(pool, Optional.empty(), timer);
    }

    /**
     * Begins a live query.
     *
     * @param from where the listener has been; null for the beginning
     * @param demand how many events it asks for at first
     */
    public static <T> Subscription<T> start(
            CollectionHandle<T> home, Criteria criteria, Sink<T> sink, @Nullable LivePosition from, long demand) {
        home.pool().lifecycle().requireOpen();
        if (home.pool().outer().isPresent() && !home.pool().layers().showDeleted()) {
            throw new QueryException("A query of " + home.collection()
                    + " that is made within a transaction cannot be live; make it outside of the transaction");
        }
        FollowedLayer.requireFeed(home.layer(), home.collection().toString());
        PoolContext base = home.pool().base();
        return base.lifecycle()
                .part(LiveQueries.class, () -> new LiveQueries(base))
                .begin(home, criteria, sink, from, demand);
    }

    LiveTimer timer() {
        return timer;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    private <T> Subscription<T> begin(
            CollectionHandle<T> home, Criteria criteria, Sink<T> sink, @Nullable LivePosition from, long demand) {
        QueryKey key = QueryKey.of(home, criteria);
        HeldPosition before =
                from == null ? new HeldPosition(key.identity(), Map.of(), null) : HeldPosition.of(key.identity(), from);
        Set<LayerTable> tables = SharedQuery.tables(home, criteria);
        for (LayerTable each : tables) {
            FollowedLayer.requireFeed(open(each.layer()), key.collection());
        }
        Guard guard = tables.stream().map(LayerTable::layer).distinct().count() == 1
                ? followed(key.layer()).guard()
                : several;
        SharedQuery<T> query = guard.locked(() -> retained(guard, key, home, criteria));
        try {
            depend(query, tables);
            Subscription<T> listener = new Subscription<>(this, query, sink, before, demand);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Set<LayerTable> more = guard.atOneMoment(() -> added(query, listener, before));
                if (more.isEmpty()) {
                    return listener;
                }
                depend(query, more);
            }
            throw new QueryException("A query of " + key.collection()
                    + " cannot be live, since the tables that it depends on change all the time");
        } finally {
            release(query);
        }
    }

    @SuppressWarnings("unchecked") // The key says of which type the query is.
    private static <T> SharedQuery<T> retained(Guard guard, QueryKey key, CollectionHandle<T> home, Criteria criteria) {
        SharedQuery<T> query = (SharedQuery<T>)
                guard.queries().computeIfAbsent(key, any -> new SharedQuery<>(key, home, criteria, guard));
        query.retain();
        return query;
    }

    private <T> void release(SharedQuery<T> query) {
        query.guard().locked(() -> {
            query.release();
            dropWhereUnused(query);
            return query;
        });
    }

    void remove(Subscription<?> listener) {
        SharedQuery<?> query = listener.query();
        query.guard().locked(() -> {
            query.subscriptions().remove(listener);
            dropWhereUnused(query);
            return query;
        });
    }

    private void dropWhereUnused(SharedQuery<?> query) {
        if (query.isUnused()) {
            query.guard().queries().remove(query.key(), query);
            query.leaveIndex();
            layers.values().forEach(each -> each.forget(query));
        }
    }

    /** Adds a listener to a query that is brought to this moment; returns tables that it turns out to depend on, where it was not added since they are not followed yet. */
    private <T> Set<LayerTable> added(SharedQuery<T> query, Subscription<T> listener, HeldPosition before) {
        List<Item<T>> all = query.answerInFull();
        Set<LayerTable> more = query.unfollowed();
        if (more.isEmpty()) {
            boolean same = before.answer().isEmpty() && !before.layers().isEmpty() && isUnchanged(query, before);
            query.add(
                    listener,
                    all,
                    same ? query.held().answer().orElse(null) : before.answer().orElse(null));
        }
        return more;
    }

    /** Returns whether nothing has changed behind a position that can alter the answer. */
    private boolean isUnchanged(SharedQuery<?> query, HeldPosition before) {
        Set<String> needed = query.tables().stream().map(LayerTable::layer).collect(Collectors.toSet());
        return before.layers().keySet().equals(needed)
                && before.layers().entrySet().stream()
                        .allMatch(each -> isUnchanged(query, each.getKey(), each.getValue()));
    }

    private boolean isUnchanged(SharedQuery<?> query, String name, ChangeFeed.Position from) {
        try (ChangeFeed feed = open(name).store().changes(Optional.of(from))) {
            for (int read = 0; read < MISSED; read++) {
                Optional<ChangeFeed.RowChange> change = feed.next(Duration.ZERO);
                if (change.isEmpty()) {
                    return true;
                }
                if (query.tables().contains(new LayerTable(name, change.get().table()))) {
                    return false;
                }
            }
            return false;
        } catch (dev.korm.live.PositionLostException lost) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Brings a query to a moment, and gives a listener all of its items. */
    <T> void refresh(Subscription<T> listener) {
        SharedQuery<T> query = listener.query();
        query.guard().atOneMoment(() -> {
            if (query.isUsed()) {
                List<Item<T>> all = query.answerInFull();
                listener.restart(query.snapshot(all));
            }
            return query;
        });
        dependOnMore(query);
    }

    /** Has tables followed that a query has turned out to depend on, and the query asked anew behind that. */
    void dependOnMore(SharedQuery<?> query) {
        Set<LayerTable> more = query.guard().locked(query::unfollowed);
        for (int attempt = 0; !more.isEmpty() && attempt < ATTEMPTS; attempt++) {
            depend(query, more);
            more = query.guard().atOneMoment(() -> {
                if (!query.isUsed()) {
                    return Set.of();
                }
                query.answer();
                return query.unfollowed();
            });
        }
    }

    private void depend(SharedQuery<?> query, Set<LayerTable> tables) {
        for (LayerTable each : new LinkedHashSet<>(tables)) {
            FollowedLayer.requireFeed(open(each.layer()), query.collection());
            followed(each.layer()).depend(query, each.table());
        }
        query.guard().locked(() -> query.followed(tables));
    }

    /** Returns all tables of layers that tell of changes. */
    Set<LayerTable> tables() {
        Set<LayerTable> tables = new HashSet<>();
        for (OpenLayer layer : pool.layers().all()) {
            if (layer.store().capabilities().has(Feature.CHANGE_FEED)) {
                layer.store().tables().forEach(table -> tables.add(new LayerTable(layer.layer(), table)));
            }
        }
        return tables;
    }

    private OpenLayer open(String name) {
        return pool.layers().layer(name);
    }

    private FollowedLayer followed(String name) {
        return layers.computeIfAbsent(
                name,
                any -> new FollowedLayer(
                        this,
                        open(name),
                        new Guard(pool, Optional.of(name), timer),
                        new FeedPruning(open(name), pool.retention(), pool.environment()),
                        pool.environment()));
    }

    @Override
    public void close() {
        layers.values().forEach(FollowedLayer::close);
        Set<Guard> guards = new HashSet<>();
        guards.add(several);
        layers.values().forEach(each -> guards.add(each.guard()));
        for (Guard guard : guards) {
            guard.locked(() -> {
                Set<SharedQuery<?>> all = new LinkedHashSet<>(guard.queries().values());
                all.forEach(SharedQuery::end);
                guard.queries().clear();
                return all;
            });
        }
        deliveries.close();
        timer.close();
    }
}
