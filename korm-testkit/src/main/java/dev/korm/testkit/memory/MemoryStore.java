package dev.korm.testkit.memory;

import dev.korm.spi.query.TableName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@link MemoryLayer}: tables that outlive the layers opened on them. One change at a time, readers
 * see what was when they asked. Safe for many threads.
 *
 * <pre>{@code
 * MemoryStore store = new MemoryStore();
 * try (Pool pool = Korm.pool().layer("main", MemoryLayer.on(store)).open()) { … }
 * try (Pool again = Korm.pool().layer("main", MemoryLayer.on(store)).open()) { … }
 * }</pre>
 */
public final class MemoryStore {
    /** As long as SQLite waits under korm. */
    private static final long WAIT_SECONDS = 5;

    /** Held by whoever changes the store; not a lock of a thread, since another one may finish a prepared batch. */
    private final Semaphore writer = new Semaphore(1);

    private volatile State state = new State(Map.of(), Set.of(), 0);

    /** Changes of followed tables, by the number of each; guarded by the semaphore where they are written. */
    private final ConcurrentNavigableMap<Long, MemoryChange> changes = new ConcurrentSkipListMap<>();

    /** The identity of the feed. */
    private volatile String feed = UUID.randomUUID().toString();

    private final Object waiting = new Object();

    /** Changes up to this number are forgotten. */
    private volatile long forgotten;

    /** The store's own clock; that of whoever opened it first, unless one was given. */
    private final AtomicReference<@Nullable InstantSource> clock;

    /** Makes an empty store, which takes the time from whoever opens it first. */
    public MemoryStore() {
        this.clock = new AtomicReference<>();
    }

    /** Makes an empty store with a clock of its own, as a server has. */
    public MemoryStore(InstantSource clock) {
        this.clock = new AtomicReference<>(clock);
    }

    /**
     * All tables at one moment.
     *
     * @param followed tables whose changes are noted
     * @param changes how many were noted
     */
    record State(Map<TableName, MemoryTable> tables, Set<TableName> followed, long changes) {
        @Nullable MemoryTable table(TableName name) {
            return tables.get(name);
        }

        State with(MemoryTable table) {
            Map<TableName, MemoryTable> changed = new LinkedHashMap<>(tables);
            changed.put(table.schema().table(), table);
            return new State(changed, followed, changes);
        }

        State noted(int more) {
            return new State(tables, followed, changes + more);
        }

        State following(Set<TableName> names) {
            return new State(tables, Set.copyOf(names), changes);
        }

        State without(TableName table) {
            Map<TableName, MemoryTable> changed = new LinkedHashMap<>(tables);
            changed.remove(table);
            Set<TableName> left = new HashSet<>(followed);
            left.remove(table);
            return new State(changed, left, changes);
        }

        Collection<MemoryTable> all() {
            return tables.values();
        }
    }

    /** Takes the clock of whoever opens the store, unless it has one. */
    void opened(InstantSource other) {
        clock.compareAndSet(null, other);
    }

    Instant time() {
        return Objects.requireNonNull(clock.get()).instant();
    }

    /** Returns a store that holds the same now, and goes its own way from here. What is prepared and not committed is not in it. */
    public MemoryStore copy() {
        MemoryStore copy = new MemoryStore();
        copy.changes.putAll(changes);
        copy.state = state;
        copy.clock.set(clock.get());
        return copy;
    }

    State state() {
        return state;
    }

    /** Begins a change; false when another one is under way for too long. */
    boolean beginChange() throws InterruptedException {
        return writer.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Publishes a change; allowed only between {@link #beginChange} and {@link #endChange}. */
    void publish(State changed) {
        state = changed;
    }

    /** Publishes a change that rows of followed tables have a part in. */
    void publish(State changed, List<MemoryChange> noted) {
        List<MemoryChange> followed = noted.stream()
                .filter(change -> state.followed().contains(change.table()))
                .toList();
        long number = state.changes();
        for (MemoryChange change : followed) {
            number++;
            changes.put(number, change);
        }
        synchronized (waiting) {
            state = changed.noted(followed.size());
            waiting.notifyAll();
        }
    }

    /** Drops a table; where it was followed, every position is lost. */
    void drop(TableName table) {
        if (state.followed().contains(table)) {
            feed = UUID.randomUUID().toString();
        }
        publish(state.without(table));
    }

    String feed() {
        return feed;
    }

    /** Returns some changes behind a number; null where not all of them are kept. */
    @Nullable NavigableMap<Long, MemoryChange> changesAfter(long number) {
        long last = state.changes();
        NavigableMap<Long, MemoryChange> kept = changes.subMap(number, false, Math.max(number, last), true);
        return number < forgotten || number > last ? null : kept;
    }

    /** Waits until more changes are noted than so many. */
    void awaitChanges(long seen, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        synchronized (waiting) {
            while (state.changes() <= seen && end - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(waiting, end - System.nanoTime());
            }
        }
    }

    /** Forgets changes of before a moment up to a number. */
    void forgetChanges(Instant before, long upTo) {
        for (Map.Entry<Long, MemoryChange> each : changes.entrySet()) {
            if (each.getKey() > upTo || !each.getValue().time().isBefore(before)) {
                return;
            }
            forgotten = each.getKey();
            changes.remove(each.getKey());
        }
    }

    void endChange() {
        writer.release();
    }
}
