package dev.korm.testkit.fault;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.fault.CrashingLayer.Moment;
import dev.korm.testkit.fault.CrashingLayer.Step;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** A program that uses a {@link CrashingLayer}, until it is killed. Of one thread at a time. */
public final class CrashingClient implements LayerSource {
    private final CrashingLayer database;
    private final LayerSource source;
    private final Set<Capabilities.Feature> added;
    private final CrashingLayer.Listener listener;
    private volatile boolean killed;

    CrashingClient(
            CrashingLayer database,
            LayerSource source,
            Set<Capabilities.Feature> added,
            CrashingLayer.Listener listener) {
        this.database = database;
        this.source = source;
        this.added = added;
        this.listener = listener;
    }

    /** The program is gone, as far as the layer can tell. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        public Killed() {
            super("The test killed the program here", null, false, false);
        }
    }

    /**
     * Ends the program: whatever it still asks for fails with {@link Killed}. Its open transaction is lost, unless its commit is on its way: that may
     * arrive now or later, up to when somebody else wants to change something, or never.
     */
    public void kill() {
        killed = true;
        database.disconnected(this);
    }

    boolean isKilled() {
        return killed;
    }

    void requireAlive() {
        if (killed) {
            throw new Killed();
        }
    }

    void step(Step step, Moment moment) {
        requireAlive();
        listener.at(step, moment);
        requireAlive();
    }

    @Override
    public LayerDescription description() {
        return source.description();
    }

    @Override
    public Layer open(String name, Environment environment) {
        requireAlive();
        return new Open(source.open(name, environment));
    }

    private final class Open implements Layer {
        private final Layer layer;

        Open(Layer layer) {
            this.layer = layer;
        }

        private <T> T reading(Supplier<T> work) {
            requireAlive();
            database.mayArrive();
            return work.get();
        }

        private <T> T changing(Step step, Supplier<T> work) {
            step(step, Moment.BEFORE);
            if (database.isBusy()) {
                throw new StoreBusyException(
                        name(),
                        "Layer \"" + name() + "\" takes no change: another transaction is open. Try again",
                        Outcome.NOT_APPLIED,
                        null);
            }
            T answer = work.get();
            step(step, Moment.AFTER);
            return answer;
        }

        @Override
        public void observe(StatementObserver observer) {
            layer.observe(observer);
        }

        @Override
        public String name() {
            return layer.name();
        }

        @Override
        public Capabilities capabilities() {
            return layer.capabilities().with(added.toArray(Capabilities.Feature[]::new));
        }

        @Override
        public List<TableName> tables() {
            return reading(layer::tables);
        }

        @Override
        public List<TableName> tables(String column) {
            return reading(() -> layer.tables(column));
        }

        @Override
        public Optional<TableSchema> describe(TableName table) {
            return reading(() -> layer.describe(table));
        }

        @Override
        public TableSchema evolve(TableSchema wanted, Set<String> replace) {
            return changing(Step.EVOLVE, () -> layer.evolve(wanted, replace));
        }

        @Override
        public boolean exchange(ColumnExchange exchange) {
            return changing(Step.EVOLVE, () -> layer.exchange(exchange));
        }

        @Override
        public boolean drop(TableName table) {
            return changing(Step.EVOLVE, () -> layer.drop(table));
        }

        @Override
        public RowCursor select(Selection selection) {
            return reading(() -> layer.select(selection));
        }

        @Override
        public CompiledSelection compile(Selection selection) {
            CompiledSelection compiled = layer.compile(selection);
            return constants -> reading(() -> compiled.select(constants));
        }

        @Override
        public StorePlan explain(Selection selection) {
            return reading(() -> layer.explain(selection));
        }

        @Override
        public BatchResult apply(Batch batch) {
            return changing(Step.APPLY, () -> database.published(() -> layer.apply(batch)));
        }

        @Override
        public PreparedBatch prepare(Batch batch) {
            AtomicBoolean holds = new AtomicBoolean();
            try {
                return changing(Step.PREPARE, () -> {
                    PreparedBatch prepared = layer.prepare(batch);
                    if (prepared.result() instanceof BatchResult.Refused) {
                        return prepared;
                    }
                    holds.set(true);
                    return database.hold(CrashingClient.this, batch, prepared);
                });
            } catch (StoreException connection) {
                if (holds.get()) {
                    // With the connection, what was open on it is gone.
                    database.disconnected(CrashingClient.this);
                }
                throw connection;
            }
        }

        @Override
        public void follow(TableName table) {
            layer.follow(table);
        }

        @Override
        public void unfollow(TableName table) {
            layer.unfollow(table);
        }

        @Override
        public void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
            layer.forgetChanges(before, needed);
        }

        @Override
        public ChangeFeed changes(Optional<ChangeFeed.Position> from) {
            return layer.changes(from);
        }

        @Override
        public Snapshot snapshot() {
            return reading(layer::snapshot);
        }

        @Override
        public void close() {
            if (!killed) {
                layer.close();
            }
        }
    }
}
