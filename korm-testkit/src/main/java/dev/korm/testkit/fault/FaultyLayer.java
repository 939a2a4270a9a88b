package dev.korm.testkit.fault;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A layer that fails when a test says so, and counts what is asked of it.
 *
 * <pre>{@code
 * FaultyLayer layer = FaultyLayer.around(MemoryLayer.create());
 * try (Pool pool = Korm.pool().layer("main", layer).open()) {
 *     layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
 *     …
 *     assertThat(layer.calls(Call.SELECT)).isEqualTo(1);
 * }
 * assertThat(layer.leaks()).isZero();
 * }</pre>
 *
 * <p>All layers opened from one {@code FaultyLayer} count together. Safe for many threads.
 */
public final class FaultyLayer implements LayerSource {
    private final LayerSource source;
    private final Script script = new Script();

    private FaultyLayer(LayerSource source) {
        this.source = source;
    }

    /** Returns a layer that does what another does, until it is told to fail. */
    public static FaultyLayer around(LayerSource source) {
        return new FaultyLayer(source);
    }

    /** A call of a layer. */
    public enum Call {
        OPEN,
        TABLES,
        DESCRIBE,
        EVOLVE,
        /** {@link Layer#select} and {@link CompiledSelection#select}. */
        SELECT,
        /** {@link RowCursor#next}. */
        NEXT,
        EXPLAIN,
        APPLY,
        PREPARE,
        COMMIT,
        ROLLBACK,
        TIME
    }

    /** The moment at which a call fails. */
    public enum Moment {
        /** Nothing has happened. */
        BEFORE,
        /** All has happened, only the answer is lost. */
        AFTER
    }

    /**
     * Makes one call fail.
     *
     * @param nth which call of the kind, counted from now; 1 is the next
     * @param failure makes what is thrown, of the layer's name
     */
    public void fail(Call call, int nth, Moment moment, Function<String, ? extends RuntimeException> failure) {
        script.add(new Fault(call, script.calls(call) + nth, moment, failure));
    }

    /** Makes one call fail before anything has happened, with whatever can be thrown; see {@link #fail}. */
    public void failWith(Call call, int nth, Error failure) {
        script.add(new Fault(call, script.calls(call) + nth, Moment.BEFORE, layer -> failure));
    }

    /** Makes the next call fail as a store does that is busy; {@code outcome} is what the failure says. */
    public void failNext(Call call, Moment moment, Outcome outcome) {
        fail(
                call,
                1,
                moment,
                layer -> new StoreBusyException(
                        layer, call + " failed on layer \"" + layer + "\" because the test says so", outcome, null));
    }

    /** Takes back every failure that has not come yet. */
    public void heal() {
        script.heal();
    }

    /** Returns how many calls of a kind there were, failed ones included. */
    public long calls(Call call) {
        return script.calls(call);
    }

    /**
     * Returns how many calls there were that ask the store itself: all kinds but {@link Call#OPEN} and {@link
     * Call#NEXT}.
     */
    public long roundTrips() {
        return script.roundTrips();
    }

    /** Begins counting anew; failures to come are taken back. */
    public void reset() {
        script.reset();
    }

    /** Returns how many layers, cursors and prepared batches are open. */
    public int leaks() {
        return script.open.get();
    }

    @Override
    public LayerDescription description() {
        return source.description();
    }

    @Override
    public Layer open(String name, Environment environment) {
        Layer layer = script.run(name, Call.OPEN, () -> source.open(name, environment), Layer::close);
        script.open.incrementAndGet();
        return new Watched(layer, script);
    }

    /**
     * @param count the count of the call that fails
     */
    private record Fault(Call call, long count, Moment moment, Function<String, ? extends Throwable> failure) {
        /** Returns what is to be thrown, unless it is an error, which is thrown. */
        RuntimeException thrown(String layer) {
            Throwable thrown = failure.apply(layer);
            if (thrown instanceof Error error) {
                throw error;
            }
            return (RuntimeException) thrown;
        }
    }

    /** The record of past calls, and the plan of failures. */
    private static final class Script {
        private final AtomicInteger open = new AtomicInteger();
        private final Map<Call, Long> counts = new EnumMap<>(Call.class);
        private final List<Fault> faults = new ArrayList<>();

        synchronized void add(Fault fault) {
            faults.add(fault);
        }

        synchronized void heal() {
            faults.clear();
        }

        synchronized void reset() {
            faults.clear();
            counts.clear();
        }

        synchronized long calls(Call call) {
            return counts.getOrDefault(call, 0L);
        }

        synchronized long roundTrips() {
            long sum = 0;
            for (Map.Entry<Call, Long> count : counts.entrySet()) {
                if (count.getKey() != Call.OPEN && count.getKey() != Call.NEXT) {
                    sum += count.getValue();
                }
            }
            return sum;
        }

        private synchronized @Nullable Fault begin(Call call) {
            long count = counts.merge(call, 1L, Long::sum);
            for (Iterator<Fault> all = faults.iterator(); all.hasNext(); ) {
                Fault fault = all.next();
                if (fault.call() == call && fault.count() == count) {
                    all.remove();
                    return fault;
                }
            }
            return null;
        }

        /** Makes a call, and fails where a fault says so; what the lost answer would have held open is ended. */
        <T> T run(String layer, Call call, Supplier<T> work, Consumer<T> undo) {
            Fault fault = begin(call);
            if (fault != null && fault.moment() == Moment.BEFORE) {
                throw fault.thrown(layer);
            }
            T answer = work.get();
            if (fault != null) {
                undo.accept(answer);
                throw fault.thrown(layer);
            }
            return answer;
        }

        <T> T run(String layer, Call call, Supplier<T> work) {
            return run(layer, call, work, answer -> {});
        }
    }

    /** An open layer under watch. */
    private static final class Watched extends ForwardingLayer {
        private final Layer layer;
        private final Script script;
        private final Open open;

        Watched(Layer layer, Script script) {
            super(layer);
            this.layer = layer;
            this.script = script;
            this.open = new Open(script);
        }

        @Override
        public List<TableName> tables() {
            return script.run(name(), Call.TABLES, layer::tables);
        }

        @Override
        public List<TableName> tables(String column) {
            return script.run(name(), Call.TABLES, () -> layer.tables(column));
        }

        @Override
        public Optional<TableSchema> describe(TableName table) {
            return script.run(name(), Call.DESCRIBE, () -> layer.describe(table));
        }

        @Override
        public TableSchema evolve(TableSchema wanted, Set<String> replace) {
            return script.run(name(), Call.EVOLVE, () -> layer.evolve(wanted, replace));
        }

        @Override
        public boolean exchange(ColumnExchange exchange) {
            return script.run(name(), Call.EVOLVE, () -> layer.exchange(exchange));
        }

        @Override
        public boolean drop(TableName table) {
            return script.run(name(), Call.EVOLVE, () -> layer.drop(table));
        }

        @Override
        public RowCursor select(Selection selection) {
            return cursor(() -> layer.select(selection));
        }

        @Override
        public CompiledSelection compile(Selection selection) {
            CompiledSelection compiled = layer.compile(selection);
            return constants -> cursor(() -> compiled.select(constants));
        }

        private RowCursor cursor(Supplier<RowCursor> select) {
            RowCursor cursor = script.run(name(), Call.SELECT, select, RowCursor::close);
            script.open.incrementAndGet();
            return new WatchedCursor(name(), cursor, script);
        }

        @Override
        public StorePlan explain(Selection selection) {
            return script.run(name(), Call.EXPLAIN, () -> layer.explain(selection));
        }

        /** Returns nothing, so that loads go by way of batches, which fail as asked. */
        @Override
        public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
            return Optional.empty();
        }

        @Override
        public BatchResult apply(Batch batch) {
            return script.run(name(), Call.APPLY, () -> layer.apply(batch));
        }

        @Override
        public Instant time() {
            return script.run(name(), Call.TIME, layer::time);
        }

        @Override
        public Snapshot snapshot() {
            return watched(layer.snapshot());
        }

        @Override
        public Snapshot snapshot(Duration deadline, Scheduler scheduler) {
            return watched(layer.snapshot(deadline, scheduler));
        }

        private Snapshot watched(Snapshot snapshot) {
            script.open.incrementAndGet();
            Open one = new Open(script);
            return new Snapshot() {
                @Override
                public RowCursor select(Selection selection) {
                    return cursor(() -> snapshot.select(selection));
                }

                @Override
                public ChangeFeed.Position position() {
                    return snapshot.position();
                }

                @Override
                public void close() {
                    one.end();
                    snapshot.close();
                }
            };
        }

        @Override
        public PreparedBatch prepare(Batch batch) {
            return watched(() -> layer.prepare(batch));
        }

        @Override
        public PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
            return watched(() -> layer.prepare(batch, deadline, scheduler));
        }

        private PreparedBatch watched(Supplier<PreparedBatch> prepare) {
            PreparedBatch prepared = script.run(name(), Call.PREPARE, prepare, PreparedBatch::close);
            script.open.incrementAndGet();
            return new WatchedBatch(name(), prepared, script);
        }

        @Override
        public void close() {
            open.end();
            layer.close();
        }
    }

    /** An open resource, counted until it is ended, and once. */
    private static final class Open {
        private final Script script;
        private boolean ended;

        Open(Script script) {
            this.script = script;
        }

        synchronized void end() {
            if (!ended) {
                ended = true;
                script.open.decrementAndGet();
            }
        }
    }

    private static final class WatchedCursor implements RowCursor {
        private final String layer;
        private final RowCursor cursor;
        private final Script script;
        private final Open open;

        WatchedCursor(String layer, RowCursor cursor, Script script) {
            this.layer = layer;
            this.cursor = cursor;
            this.script = script;
            this.open = new Open(script);
        }

        @Override
        public boolean next() {
            return script.run(layer, Call.NEXT, cursor::next);
        }

        @Override
        public @Nullable Object get(int column) {
            return cursor.get(column);
        }

        @Override
        public void close() {
            open.end();
            cursor.close();
        }
    }

    private static final class WatchedBatch implements PreparedBatch {
        private final String layer;
        private final PreparedBatch batch;
        private final Script script;
        private final Open open;

        WatchedBatch(String layer, PreparedBatch batch, Script script) {
            this.layer = layer;
            this.batch = batch;
            this.script = script;
            this.open = new Open(script);
        }

        @Override
        public BatchResult result() {
            return batch.result();
        }

        @Override
        public void commit() {
            script.run(layer, Call.COMMIT, () -> {
                batch.commit();
                return batch;
            });
        }

        @Override
        public void rollback() {
            script.run(layer, Call.ROLLBACK, () -> {
                batch.rollback();
                return batch;
            });
        }

        @Override
        public void close() {
            open.end();
            batch.close();
        }
    }
}
