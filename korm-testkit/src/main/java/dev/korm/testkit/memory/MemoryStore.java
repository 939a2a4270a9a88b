package dev.korm.testkit.memory;

import dev.korm.spi.query.TableName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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

    private volatile State state = new State(Map.of());

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

    /** All tables at one moment. */
    record State(Map<TableName, MemoryTable> tables) {
        @Nullable MemoryTable table(TableName name) {
            return tables.get(name);
        }

        State with(MemoryTable table) {
            Map<TableName, MemoryTable> changed = new LinkedHashMap<>(tables);
            changed.put(table.schema().table(), table);
            return new State(changed);
        }

        State without(TableName table) {
            Map<TableName, MemoryTable> changed = new LinkedHashMap<>(tables);
            changed.remove(table);
            return new State(changed);
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

    void endChange() {
        writer.release();
    }
}
