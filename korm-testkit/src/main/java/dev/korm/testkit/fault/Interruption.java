package dev.korm.testkit.fault;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    private final class Interrupted extends ForwardingLayer {
        Interrupted(Layer layer) {
            super(layer);
        }

        /** Returns nothing, so that loads go by way of batches, before which things happen. */
        @Override
        public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
            return Optional.empty();
        }

        @Override
        public BatchResult apply(Batch batch) {
            Work due = Objects.requireNonNull(next.get());
            if (due.at().test(batch) && next.compareAndSet(due, Work.NONE)) {
                due.work().run();
            }
            return super.apply(batch);
        }
    }
}
