package dev.korm.engine.history;

import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The moment that a pool is read as of, the same for all of its layers and depots: the one that was asked for, or the last before it at which no change of several layers is half done. It is found with the
 * first read; in a pool with one history, it is the one asked for. Safe for many threads.
 */
final class AsOfMoment {
    /** How long changes that are being committed are waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final PoolContext pool;
    private final Instant asked;
    private final AtomicLong micros = new AtomicLong(UNKNOWN);

    AsOfMoment(PoolContext pool, Instant asked) {
        this.pool = pool;
        this.asked = asked;
    }

    /** Returns the moment that was asked for, in microseconds since 1970. */
    long asked() {
        return HistoryClock.micros(asked);
    }

    /** Returns the moment, in microseconds since 1970. */
    long micros() {
        long known = micros.get();
        if (known != UNKNOWN) {
            return known;
        }
        micros.compareAndSet(UNKNOWN, HistoryClock.micros(find()));
        return micros.get();
    }

    private Instant find() {
        Map<String, Function<Selection, RowCursor>> readings = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            if (new HistoryTable(layer).isThere()) {
                readings.put(layer.layer(), layer::select);
            }
        }
        if (readings.size() < 2) {
            return asked;
        }
        boolean recent = asked.isAfter(pool.environment().clock().instant().minus(WholeMoment.APART));
        if (recent && pool.commits().isAvailable()) {
            // Changes that have a time by now, and are stored in some of their layers only, are let end.
            pool.commits().between(PATIENCE, () -> true);
        }
        return WholeMoment.before(pool, asked, readings);
    }
}
