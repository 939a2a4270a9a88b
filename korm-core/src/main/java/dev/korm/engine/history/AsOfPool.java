package dev.korm.engine.history;

import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.history.HistoryException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A pool as it was at a moment, to be read: its layers answer from the history, and its depots where that has files, all as of one moment that cuts through no change ({@link AsOfMoment}).
 * Everything above the layers is as ever, so queries, references into other layers and pages work as they do now.
 */
public final class AsOfPool {
    private AsOfPool() {}

    /**
     * Returns the pool as it was.
     *
     * @throws HistoryException when the moment is still to come
     */
    public static PoolContext at(PoolContext now, Instant moment) {
        if (moment.isAfter(now.environment().clock().instant())) {
            throw new HistoryException("Items cannot be read as of " + moment + ", which is still to come");
        }
        AsOfMoment then = new AsOfMoment(now, moment);
        Map<String, OpenLayer> layers = new LinkedHashMap<>();
        for (OpenLayer layer : now.layers().all()) {
            layers.put(
                    layer.layer(),
                    new OpenLayer(
                            new AsOfLayer(layer, then.asked(), then::micros, now.limit()),
                            layers,
                            now.layers().parallel(),
                            layer.seals()));
        }
        return new PoolContext(
                now.pool(),
                now.layers().with(layers),
                new FileHistory(now.depots(), now.layers()).depotsAt(then::micros),
                now.items(),
                now.commits(),
                now.lifecycle(),
                now.events(),
                now.limit(),
                now.retention(),
                now.origins(),
                now.environment(),
                Optional.empty());
    }
}
