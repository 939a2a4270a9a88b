package dev.korm.engine.live;

import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.query.TableName;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock, and what it guards: some live queries, and the moments at which they are answered. Every moment is taken under the lock, and every query is brought to it before the lock is let go; so
 * the answers of a query are of ever later moments.
 */
final class Guard {
    /** So many items are read although nobody may want them. */
    private static final int FEW = 1_000;

    private final PoolContext pool;
    private final Optional<String> layer;
    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<QueryKey, SharedQuery<?>> queries = new HashMap<>();
    private @Nullable LiveMoment live;
    private @Nullable LiveMoment withDeleted;
    private boolean begun;
    private final Map<TableName, TableIndex> indexes = new HashMap<>();
    private final Map<ReadAs, Map<String, StoredItem<?>>> read = new HashMap<>();
    private final Map<TableName, Set<SharedQuery<?>>> unjudged = new HashMap<>();
    private final Map<TableName, Set<String>> changed = new HashMap<>();

    /** The way in which items are read: those that are read in one way are the same for all queries. */
    private record ReadAs(TableName table, Class<?> type, String collection, boolean deletedToo) {}

    /** @param layer that all of the queries depend on alone; empty where they depend on several */
    Guard(PoolContext pool, Optional<String> layer, Scheduler scheduler) {
        this.pool = pool;
        this.layer = layer;
        this.scheduler = scheduler;
    }

    /** Work that is done at one moment. */
    interface Work<R> {
        R run();
    }

    /** Returns what work answers that is done at one moment, under the lock. */
    <R> R atOneMoment(Work<R> work) {
        lock.lock();
        try {
            begun = true;
            try {
                begin(live);
                begin(withDeleted);
                return work.run();
            } finally {
                begun = false;
                read.clear();
                changed.clear();
                end();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void begin(@Nullable LiveMoment moment) {
        if (moment != null) {
            moment.begin();
        }
    }

    private void end() {
        try {
            if (live != null) {
                live.close();
            }
        } finally {
            if (withDeleted != null) {
                withDeleted.close();
            }
        }
    }

    /** Returns the pool at the moment. */
    LiveMoment moment(boolean deletedToo) {
        requireHeld();
        LiveMoment known = deletedToo ? withDeleted : live;
        if (known == null) {
            known = new LiveMoment(deletedToo ? pool.withDeleted() : pool, scheduler);
            if (deletedToo) {
                withDeleted = known;
            } else {
                live = known;
            }
            if (begun) {
                known.begin();
            }
        }
        return known;
    }

    /** Returns the index of the queries of a table; empty where changes of the table are not judged by their rows. */
    Optional<TableIndex> index(String of, TableName table) {
        requireHeld();
        return layer.filter(of::equals).map(own -> indexes.computeIfAbsent(table, any -> new TableIndex()));
    }

    /** Takes note of a query of which changes of its table are not judged by their rows any more. */
    void noteUnjudged(TableName table, SharedQuery<?> query) {
        requireHeld();
        unjudged.computeIfAbsent(table, any -> new LinkedHashSet<>()).add(query);
    }

    /** Returns the queries of a table that were noted, once. */
    Set<SharedQuery<?>> takeUnjudged(TableName table) {
        requireHeld();
        Set<SharedQuery<?>> noted = unjudged.remove(table);
        return noted == null ? Set.of() : noted;
    }

    /** Says which rows of a table have changed and are there at the moment. */
    void noteChanged(TableName table, Set<String> ids) {
        requireHeld();
        changed.put(table, ids);
    }

    /** Returns items at the moment. What one query needs of the rows that have changed, others mostly need as well: so all of them are read at once, if they are not too many. */
    <T> Map<String, StoredItem<?>> items(CollectionHandle<T> then, boolean deletedToo, Set<String> wanted) {
        requireHeld();
        Map<String, StoredItem<?>> known = read.computeIfAbsent(
                new ReadAs(then.table(), then.model().type(), then.collection().toString(), deletedToo),
                any -> new HashMap<>());
        if (!known.keySet().containsAll(wanted)) {
            Set<String> missing = new LinkedHashSet<>(wanted);
            Set<String> others = changed.getOrDefault(then.table(), Set.of());
            if (others.size() <= FEW) {
                missing.addAll(others);
            }
            missing.removeAll(known.keySet());
            known.putAll(ItemReader.find(then, missing));
        }
        return known;
    }

    /** Returns the queries, to be used under the lock. */
    Map<QueryKey, SharedQuery<?>> queries() {
        requireHeld();
        return queries;
    }

    private void requireHeld() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("The lock is not held");
        }
    }

    <R> R locked(Work<R> work) {
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }
}
