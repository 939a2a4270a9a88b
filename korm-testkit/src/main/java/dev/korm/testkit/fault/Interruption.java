package dev.korm.testkit.fault;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A layer that does what another does, and lets a test do something between a decision and the batch that it leads to: the work
 * that was given runs just before the next batch, once. Safe for many threads.
 */
public final class Interruption implements LayerSource {
    private final LayerSource source;
    private final AtomicReference<Work> next = new AtomicReference<>(Work.NONE);

    private record Work(Predicate<Batch> at, Runnable work) {
        static final Work NONE = new Work(batch -> false, () -> {});
    }

    private Interruption(LayerSource source) {
        this.source = source;
    }

    public static Interruption of(LayerSource source) {
        return new Interruption(source);
    }

    /** Runs the work just before the next batch that is of this sort. */
    public void before(Predicate<Batch> batch, Runnable work) {
        next.set(new Work(batch, work));
    }

    /** Runs the work just before the next batch. */
    public void beforeNextBatch(Runnable work) {
        before(batch -> true, work);
    }

    @Override
    public LayerDescription description() {
        return source.description();
    }

    @Override
    public Layer open(String name, Environment environment) {
        return new Interrupted(source.open(name, environment));
    }

    private final class Interrupted implements Layer {
        private final Layer layer;

        Interrupted(Layer layer) {
            this.layer = layer;
        }

        @Override
        public BatchResult apply(Batch batch) {
            Work due = Objects.requireNonNull(next.get());
            if (due.at().test(batch) && next.compareAndSet(due, Work.NONE)) {
                due.work().run();
            }
            return layer.apply(batch);
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
            return layer.capabilities();
        }

        @Override
        public List<TableName> tables() {
            return layer.tables();
        }

        @Override
        public Optional<TableSchema> describe(TableName table) {
            return layer.describe(table);
        }

        @Override
        public TableSchema evolve(TableSchema wanted, Set<String> replace) {
            return layer.evolve(wanted, replace);
        }

        @Override
        public boolean drop(TableName table) {
            return layer.drop(table);
        }

        @Override
        public RowCursor select(Selection selection) {
            return layer.select(selection);
        }

        @Override
        public CompiledSelection compile(Selection selection) {
            return layer.compile(selection);
        }

        @Override
        public StorePlan explain(Selection selection) {
            return layer.explain(selection);
        }

        @Override
        public Instant time() {
            return layer.time();
        }

        @Override
        public Snapshot snapshot() {
            return layer.snapshot();
        }

        @Override
        public PreparedBatch prepare(Batch batch) {
            return layer.prepare(batch);
        }

        @Override
        public void close() {
            layer.close();
        }
    }
}
