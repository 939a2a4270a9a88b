package dev.korm.engine.history;

import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.history.HistoryException;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A moment between transactions. The layers of one change each have a time of their own for it, and a moment may fall between these: then it is moved before the first of them, until it cuts through
 * none.
 */
public final class WholeMoment {
    /** How far apart the parts of a change are at the most: it is given up when it is open for longer. */
    static final Duration APART = Duration.ofSeconds(35);

    private WholeMoment() {}

    /** The first and last time of a transaction. */
    private record Span(long first, long last) {
        Span with(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /**
     * Returns the last moment at or before another at which no transaction is half done.
     *
     * @param readings run selections of the layers
     * @throws HistoryException when the moment is still to come, or before the history of a layer
     */
    public static Instant before(
            PoolContext pool, Instant moment, Map<String, Function<Selection, RowCursor>> readings) {
        if (moment.isAfter(pool.environment().clock().instant())) {
            throw new HistoryException("Nothing is known of " + moment + ", which is still to come");
        }
        long micros = HistoryClock.micros(moment);
        while (true) {
            long wanted = micros;
            Map<String, Span> around = new HashMap<>();
            readings.forEach((layer, reading) -> spans(pool.layers().layer(layer), reading, wanted, around));
            OptionalLong first = around.values().stream()
                    .filter(span -> span.first() <= wanted && span.last() > wanted)
                    .mapToLong(Span::first)
                    .min();
            if (first.isEmpty()) {
                return HistoryClock.instant(micros);
            }
            micros = first.getAsLong() - 1;
        }
    }

    private static void spans(
            OpenLayer layer, Function<Selection, RowCursor> reading, long micros, Map<String, Span> around) {
        HistoryTable history = new HistoryTable(layer, reading);
        if (history.isThere()) {
            long apart = APART.toNanos() / 1_000;
            history.times(
                    micros - apart,
                    micros + apart,
                    (transaction, time) -> around.merge(transaction, new Span(time, time), Span::with));
        }
    }
}
