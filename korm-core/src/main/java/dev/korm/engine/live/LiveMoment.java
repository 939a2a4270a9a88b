package dev.korm.engine.live;

import dev.korm.engine.context.FirstFailure;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.environment.Scheduler;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pool at a moment of each layer, to be asked as ever: references lead into the same moment. The moments of different layers are taken one after the other, each when it is first asked. Used
 * by who holds the lock of its {@link Guard}.
 */
final class LiveMoment implements AutoCloseable {
    private final PoolContext view;
    private final Map<String, MomentLayer> moments = new LinkedHashMap<>();

    LiveMoment(PoolContext pool, Scheduler scheduler) {
        Map<String, OpenLayer> layers = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            MomentLayer moment = new MomentLayer(layer.store(), scheduler);
            moments.put(layer.layer(), moment);
            layers.put(layer.layer(), layer.seenThrough(moment, layers));
        }
        this.view = pool.seenThrough(layers);
    }

    PoolContext view() {
        return view;
    }

    void begin() {
        moments.values().forEach(MomentLayer::begin);
    }

    /** Returns the moment of a layer, which is taken now if it was not yet. */
    ChangeFeed.Position position(String layer) {
        MomentLayer moment = moments.get(layer);
        if (moment == null) {
            throw new IllegalStateException("The pool has no layer " + layer);
        }
        return moment.position();
    }

    /** Returns whether a table is there. */
    boolean has(LayerTable table) {
        MomentLayer moment = moments.get(table.layer());
        return moment != null && moment.describe(table.table()).isPresent();
    }

    /** Ends the moments. */
    @Override
    public void close() {
        FirstFailure failure = new FirstFailure();
        for (MomentLayer moment : moments.values()) {
            try {
                moment.end();
            } catch (RuntimeException | Error failed) {
                failure.add(failed);
            }
        }
        failure.rethrow();
    }
}
