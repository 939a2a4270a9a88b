package dev.korm.engine.layer;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A layer whose writes are held to locks. Safe for many threads. */
public final class FencedLayer extends ForwardingLayer {
    private final WriteFences guard;

    public FencedLayer(Layer layer, WriteFences guard) {
        super(layer);
        this.guard = guard;
    }

    /** Returns nothing: fences are checked in the transactions of batches. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return Optional.empty();
    }

    @Override
    public BatchResult apply(Batch changes) {
        FencedBatch fenced = new FencedBatch(name(), guard, changes);
        return fenced.asked(layer().apply(fenced.batch()));
    }

    @Override
    public PreparedBatch prepare(Batch changes) {
        FencedBatch fenced = new FencedBatch(name(), guard, changes);
        return fenced.asked(layer().prepare(fenced.batch()));
    }

    @Override
    public PreparedBatch prepare(Batch changes, Duration deadline, Scheduler scheduler) {
        FencedBatch fenced = new FencedBatch(name(), guard, changes);
        return fenced.asked(layer().prepare(fenced.batch(), deadline, scheduler));
    }
}
