package dev.korm.engine.live;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException;
import dev.korm.StoreUnavailableException;
import dev.korm.engine.context.ExecutorTermination;
import dev.korm.engine.feed.FeedPruning;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.live.PositionLostException;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.evaluate.Scope.SourceRow;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A layer whose changes are read, once for all live queries that depend on it, by a thread of its own while there are any.
 *
 * <p>The thread waits for a change, takes all that have come meanwhile with it, finds the queries that depend on their tables, and brings each to a moment behind them. So however many changes come
 * while queries are answered, they are answered once for all of these. Where a moment was taken after a change was told, the change is in it.
 *
 * <p>When the store fails, everything that depends on it is asked anew once it answers again, after pauses that grow.
 */
final class FollowedLayer {
    /** Changes that are taken at once. */
    private static final int MOST = 10_000;

    /** So long the thread waits for a change before it looks whether it is needed. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    /** So long it waits for others where some are to be looked at once more. */
    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_END = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.live");

    private final LiveQueries queries;
    private final OpenLayer layer;
    private final Environment environment;
    private final Guard guard;
    private final FeedPruning pruning;
    private final Set<TableName> followed = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<TableName, Set<SharedQuery<?>>> dependent = new LinkedHashMap<>();

    /** Those of them of which each change of the table has to be looked at, as far as is known. */
    private final Map<TableName, Set<SharedQuery<?>>> unjudged = new LinkedHashMap<>();

    /** Those that could not be answered. */
    private final Set<SharedQuery<?>> failing = ConcurrentHashMap.newKeySet();

    private @Nullable ExecutorService executor;
    private @Nullable ChangeFeed opened;
    private boolean running;
    private boolean closed;

    // Used by the thread alone.
    /** Changes that were told when a moment was taken already, and so may not be in it. */
    private List<RowChange> doubtful = new ArrayList<>();

    private Set<LayerTable> seen = Set.of();
    private long lookedAt;
    private long retryAt;

    private Duration pause = FIRST_PAUSE;

    FollowedLayer(LiveQueries queries, OpenLayer layer, Guard guard, FeedPruning pruning, Environment environment) {
        this.queries = queries;
        this.layer = layer;
        this.guard = guard;
        this.pruning = pruning;
        this.environment = environment;
    }

    static void requireFeed(OpenLayer layer, String collection) {
        if (!layer.store().capabilities().has(Feature.CHANGE_FEED)) {
            throw new ConfigurationException(
                    "A query of " + collection
                            + " cannot be live, since it depends on the layer \"" + layer.layer()
                            + "\", which tells of no changes. Ask it again from time to time, or keep these items in a layer that has a change feed");
        }
    }

    /** Returns the guard of queries that depend on this layer alone. */
    Guard guard() {
        return guard;
    }

    boolean isFollowed(TableName table) {
        return followed.contains(table);
    }

    /** Has the changes of a table noted, and this layer's thread know that a query depends on them. Returns before the thread has been told of any that came before. */
    void depend(SharedQuery<?> query, TableName table) {
        lock.lock();
        try {
            dependent.computeIfAbsent(table, any -> new LinkedHashSet<>()).add(query);
            unjudged.computeIfAbsent(table, any -> new LinkedHashSet<>()).add(query);
        } finally {
            lock.unlock();
        }
        follow(table);
        begin();
    }

    void follow(TableName table) {
        if (!followed.contains(table)) {
            layer.store().follow(table);
            followed.add(table);
        }
    }

    void forget(SharedQuery<?> query) {
        lock.lock();
        try {
            dependent.values().removeIf(each -> each.remove(query) && each.isEmpty());
            unjudged.values().removeIf(each -> each.remove(query) && each.isEmpty());
            failing.remove(query);
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        lock.lock();
        try {
            if (closed) {
                throw new ClosedException("The pool is closed; open a new one");
            }
            if (!running) {
                opened = layer.store().changes(Optional.empty());
                if (executor == null) {
                    executor = environment.executor("korm-live-" + layer.layer(), 1);
                }
                running = true;
                executor.execute(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        ChangeFeed feed = null;
        lock.lock();
        try {
            feed = opened;
            opened = null;
        } finally {
            lock.unlock();
        }
        while (isNeeded()) {
            try {
                if (feed == null) {
                    feed = reopened();
                }
                step(feed);
                pause = FIRST_PAUSE;
            } catch (InterruptedException | ClosedException | OperationInterruptedException stop) {
                stop(feed);
                return;
            } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
                close(feed);
                feed = null;
                if (!failed(failed)) {
                    stop(null);
                    return;
                }
            }
        }
        close(feed);
    }

    private boolean isNeeded() {
        lock.lock();
        try {
            running = !closed && !dependent.isEmpty();
            return running;
        } finally {
            lock.unlock();
        }
    }

    private void stop(@Nullable ChangeFeed feed) {
        close(feed);
        lock.lock();
        try {
            running = false;
        } finally {
            lock.unlock();
        }
    }

    private static void close(@Nullable ChangeFeed feed) {
        if (feed != null) {
            try {
                feed.close();
            } catch (KormException gone) {
                LOG.debug("A change feed was not closed in order", gone);
            }
        }
    }

    /** Opens the feed anew, and brings all queries to a moment behind its beginning. */
    private ChangeFeed reopened() {
        followed.clear();
        for (TableName table : tables()) {
            follow(table);
        }
        ChangeFeed feed = layer.store().changes(Optional.empty());
        doubtful = new ArrayList<>();
        try {
            bring(all());
            return feed;
        } catch (RuntimeException | Error failed) {
            close(feed);
            throw failed;
        }
    }

    /** Takes note of a failure, and waits a while; false when the thread is to end. */
    private boolean failed(Throwable failed) {
        if (failed instanceof PositionLostException lost) {
            LOG.info("The live queries of the layer \"{}\" are asked anew: {}", layer.layer(), lost.getMessage());
            return true;
        }
        if (failed instanceof KormException failure) {
            LOG.warn("The live queries of the layer \"{}\" cannot be answered at present", layer.layer(), failure);
            all().forEach(query -> query.guard().locked(() -> {
                query.fail(failure);
                return query;
            }));
        } else {
            LOG.error("The live queries of the layer \"{}\" have failed", layer.layer(), failed);
        }
        try {
            environment.sleep(pause);
        } catch (InterruptedException stop) {
            return false;
        }
        pause = longer(pause);
        return true;
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private Set<TableName> tables() {
        lock.lock();
        try {
            return new HashSet<>(dependent.keySet());
        } finally {
            lock.unlock();
        }
    }

    private Set<SharedQuery<?>> all() {
        return dependingOn(tables());
    }

    private Set<SharedQuery<?>> dependingOn(Collection<TableName> changed) {
        Set<SharedQuery<?>> found = new LinkedHashSet<>();
        lock.lock();
        try {
            for (TableName table : changed) {
                found.addAll(dependent.getOrDefault(table, Set.of()));
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    private void step(ChangeFeed feed) throws InterruptedException {
        List<RowChange> changes = doubtful;
        doubtful = new ArrayList<>();
        changes.addAll(feed.take(changes.isEmpty() ? WAIT : SOON, MOST));
        if (!changes.isEmpty()) {
            Set<SharedQuery<?>> others = guard.atOneMoment(() -> round(feed, changes));
            bring(others);
        }
        again();
        pruning.pruneWhenDue();
    }

    /**
     * Brings queries of this layer alone to the moment, and returns the others that changes may concern.
     *
     * <p>The moment is taken, and then the feed is read to its end: so all changes that are in the moment are known, and the rows that have changed are read as they are in it. Changes that were told only then are
     * looked at once more the next time, since they may be behind the moment.
     */
    private Set<SharedQuery<?>> round(ChangeFeed feed, List<RowChange> changes) {
        guard.moment(false).position(layer.layer());
        try {
            doubtful.addAll(feed.take(Duration.ZERO, MOST));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Reading the changes of the layer \"" + layer.layer() + "\"",
                    StoreException.Outcome.NOT_APPLIED,
                    stop);
        }
        if (doubtful.size() >= MOST || changes.size() >= 2 * MOST) {
            // Not all that is in the moment may be known.
            return all();
        }
        Map<TableName, Set<String>> ids = new LinkedHashMap<>();
        for (List<RowChange> some : List.of(changes, doubtful)) {
            some.forEach(change -> ids.computeIfAbsent(change.table(), any -> new LinkedHashSet<>())
                    .add(change.id()));
        }
        Set<SharedQuery<?>> asked = new LinkedHashSet<>();
        Map<SharedQuery<?>, ChangedRows> judged = new LinkedHashMap<>();
        ids.forEach((table, some) -> {
            asked.addAll(unjudged(table));
            guard.index(layer.layer(), table).ifPresent(index -> judge(index, table, some, asked, judged));
        });
        asked.forEach(judged::remove);
        Set<SharedQuery<?>> left = new LinkedHashSet<>(asked);
        left.addAll(judged.keySet());
        try {
            for (SharedQuery<?> query : List.copyOf(left)) {
                if (query.guard() == guard) {
                    ChangedRows rows = judged.get(query);
                    attempt(query, rows == null ? query::answer : () -> query.answer(rows.there, rows.gone));
                    if (query.unfollowed().isEmpty()) {
                        left.remove(query);
                    }
                }
            }
        } catch (StoreUnavailableException away) {
            throw away;
        } catch (StoreException spoilt) {
            LOG.debug("A moment of the layer \"{}\" was spoilt by a failure; another is taken", layer.layer(), spoilt);
        }
        return left;
    }

    /** The rows that can alter an answer. */
    private static final class ChangedRows {
        private final Map<String, SourceRow> there = new LinkedHashMap<>();
        private final Set<String> gone = new LinkedHashSet<>();
    }

    private void judge(
            TableIndex index,
            TableName table,
            Set<String> ids,
            Set<SharedQuery<?>> asked,
            Map<SharedQuery<?>, ChangedRows> judged) {
        if (index.isEmpty()) {
            return;
        }
        OpenLayer then = guard.moment(false).view().layers().layer(layer.layer());
        Optional<TableSchema> schema = then.schema(table);
        if (schema.isEmpty() || index.isNews(schema.get())) {
            asked.addAll(index.all());
            return;
        }
        Map<String, SourceRow> rows = ChangedTable.rows(then, schema.get(), index.columns(), ids);
        guard.noteChanged(table, rows.keySet());
        for (String id : ids) {
            SourceRow row = rows.get(id);
            for (SharedQuery<?> query : index.concerned(id, row)) {
                ChangedRows changed = judged.computeIfAbsent(query, any -> new ChangedRows());
                if (row == null) {
                    changed.gone.add(id);
                } else {
                    changed.there.put(id, row);
                }
            }
        }
    }

    /** Returns the queries that depend on a table otherwise than by its index. */
    private Set<SharedQuery<?>> unjudged(TableName table) {
        lock.lock();
        try {
            Set<SharedQuery<?>> some = unjudged.getOrDefault(table, new LinkedHashSet<>());
            TableIndex index = guard.index(layer.layer(), table).orElse(null);
            if (index != null) {
                guard.takeUnjudged(table).stream()
                        .filter(query -> dependent.getOrDefault(table, Set.of()).contains(query))
                        .forEach(unjudged.computeIfAbsent(table, any -> some)::add);
                some.removeIf(query -> index.judge(query) != null);
            }
            return new LinkedHashSet<>(some);
        } finally {
            lock.unlock();
        }
    }

    /** Answers a query, and remembers it where that fails. */
    private void attempt(SharedQuery<?> query, Runnable answering) {
        if (!query.isUsed()) {
            failing.remove(query);
            return;
        }
        failing.add(query);
        try {
            answering.run();
            failing.remove(query);
        } catch (StoreException | ClosedException | OperationInterruptedException away) {
            throw away;
        } catch (KormException failed) {
            query.fail(failed);
        }
    }

    /** Asks again those that could not be answered, after a pause. */
    private void again() {
        bring(withNewTables());
        if (failing.isEmpty()) {
            retryAt = 0;
        } else if (retryAt == 0) {
            retryAt = environment.nanoTime() + FIRST_RETRY.toNanos();
        } else if (environment.nanoTime() - retryAt >= 0) {
            bring(new LinkedHashSet<>(failing));
            retryAt = environment.nanoTime() + LONGEST_PAUSE.toNanos();
        }
    }

    /** Returns the queries that may depend on tables which were made since this was called last. */
    private Set<SharedQuery<?>> withNewTables() {
        if (environment.nanoTime() - lookedAt < WAIT.toNanos()) {
            return Set.of();
        }
        lookedAt = environment.nanoTime();
        Set<SharedQuery<?>> deep = all();
        deep.removeIf(query -> !query.isDeep());
        Set<LayerTable> now = deep.isEmpty() ? Set.of() : queries.tables();
        boolean same = now.equals(seen);
        seen = now;
        return same ? Set.of() : deep;
    }

    /** Brings queries to a moment that is taken from now on, and has their listeners told. */
    private void bring(Collection<SharedQuery<?>> changed) {
        if (changed.isEmpty()) {
            return;
        }
        Map<Guard, Deque<SharedQuery<?>>> byGuard = new LinkedHashMap<>();
        for (SharedQuery<?> query : changed) {
            byGuard.computeIfAbsent(query.guard(), any -> new ArrayDeque<>()).add(query);
        }
        failing.addAll(changed);
        byGuard.forEach((its, some) -> {
            while (!some.isEmpty()) {
                its.atOneMoment(() -> answer(some));
            }
        });
        for (SharedQuery<?> query : changed) {
            queries.dependOnMore(query);
        }
    }

    /** Answers queries until all are, or one has spoilt the moment. */
    private Deque<SharedQuery<?>> answer(Deque<SharedQuery<?>> some) {
        while (!some.isEmpty()) {
            SharedQuery<?> query = some.remove();
            try {
                attempt(query, query::answer);
            } catch (StoreUnavailableException away) {
                throw away;
            } catch (StoreException spoilt) {
                query.fail(spoilt);
                return some;
            }
        }
        return some;
    }

    /** Ends the thread, and waits for it: so nothing is asked of the layer afterwards. */
    void close() {
        ExecutorService ended;
        lock.lock();
        try {
            closed = true;
            ended = executor;
            close(opened);
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            ended.shutdownNow();
            if (!ExecutorTermination.await(ended, LONGEST_END)) {
                LOG.warn("The live queries of the layer \"{}\" are still being answered", layer.layer());
            }
        }
    }
}
