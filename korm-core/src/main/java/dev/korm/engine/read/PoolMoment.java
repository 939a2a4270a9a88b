package dev.korm.engine.read;

import dev.korm.engine.context.FirstFailure;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.query.Selection;
import dev.korm.spi.support.ForwardingLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool in which several questions are answered as of one moment of each layer, taken when the layer is first asked. A layer that keeps no snapshots is asked as it is. For
 * the questions of one call, which closes it: until then it keeps a connection of each layer that was asked.
 */
public final class PoolMoment implements AutoCloseable {
    private final PoolContext view;
    private final Map<String, Moment> moments = new LinkedHashMap<>();

    public PoolMoment(PoolContext pool) {
        Map<String, OpenLayer> layers = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            Moment moment = new Moment(layer.store());
            moments.put(layer.layer(), moment);
            layers.put(layer.layer(), layer.seenThrough(moment, layers));
        }
        this.view = pool.seenThrough(layers);
    }

    /** Returns the pool at that moment, to be read until this is closed. */
    public PoolContext view() {
        return view;
    }

    @Override
    public void close() {
        FirstFailure failure = new FirstFailure();
        for (Moment moment : moments.values()) {
            try {
                moment.end();
            } catch (RuntimeException | Error failed) {
                failure.add(failed);
            }
        }
        failure.rethrow();
    }

    private static final class Moment extends ForwardingLayer {
        private final ReentrantLock lock = new ReentrantLock();

        /** Guarded by the lock. */
        private @Nullable Snapshot snapshot;

        Moment(Layer layer) {
            super(layer);
        }

        void end() {
            lock.lock();
            try {
                if (snapshot != null) {
                    snapshot.close();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public RowCursor select(Selection selection) {
            if (!layer().capabilities().has(Feature.SNAPSHOTS)) {
                return layer().select(selection);
            }
            lock.lock();
            try {
                if (snapshot == null) {
                    snapshot = layer().snapshot();
                }
                return snapshot.select(selection);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public CompiledSelection compile(Selection selection) {
            return constants -> select(Parameters.bind(selection, constants));
        }

        /** Leaves the store open, which is the pool's. */
        @Override
        public void close() {}
    }
}
