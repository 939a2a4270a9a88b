package dev.korm.kalam.live;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.settings.Timeouts;
import dev.korm.kalam.sql.Names;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Options of live rows: how they are kept.
 *
 * @param key the primary key, a text or a whole number
 * @param checkInterval how often the rows are compared with the server's although nothing happened
 * @param settleDelay how long it is quiet after events before the rows are compared
 * @param pageSize the rows of a page
 * @param filtersAtServer whether the server is given the filter; it saves traffic, and rows that an update moves out of the filter stay until the next comparison
 * @param limit how many rows are handed out: those that changed last, in the order in which they changed; 0 hands out all, in the order of the key
 * @param onError who is told what went wrong; the rows are kept, and asked for again
 */
public record LiveRowsOptions(
        String key,
        Duration checkInterval,
        Duration settleDelay,
        int pageSize,
        boolean filtersAtServer,
        int limit,
        Consumer<KalamException> onError) {
    /** Checks them. */
    public LiveRowsOptions {
        requireNonNull(key, "key");
        requireNonNull(checkInterval, "checkInterval");
        requireNonNull(settleDelay, "settleDelay");
        requireNonNull(onError, "onError");
        Names.column(key);
        Timeouts.check(checkInterval);
        Timeouts.check(settleDelay);
        if (pageSize < 1 || pageSize > 999) {
            throw new IllegalArgumentException("A page has 1 to 999 rows");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("A limit of live rows is not negative");
        }
    }

    /** Returns the options of rows whose primary key is this: compared half a second after the last event, and every 30 s. */
    public static LiveRowsOptions key(String key) {
        requireNonNull(key, "key");
        return new LiveRowsOptions(key, Duration.ofSeconds(30), Duration.ofMillis(500), 999, false, 0, error -> {});
    }

    /** Returns these with other times. */
    public LiveRowsOptions checks(Duration interval, Duration delay) {
        requireNonNull(interval, "interval");
        requireNonNull(delay, "delay");
        return new LiveRowsOptions(key, interval, delay, pageSize, filtersAtServer, limit, onError);
    }

    /** Returns these with pages of so many rows. */
    public LiveRowsOptions pages(int size) {
        return new LiveRowsOptions(key, checkInterval, settleDelay, size, filtersAtServer, limit, onError);
    }

    /** Returns these with the filter given to the server. */
    public LiveRowsOptions filterAtServer() {
        return new LiveRowsOptions(key, checkInterval, settleDelay, pageSize, true, limit, onError);
    }

    /**
     * Returns these with only the rows handed out that changed last, the newest at the end, as a chat shows them. All are kept nevertheless, since they are
     * compared with the server's.
     */
    public LiveRowsOptions limit(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("A limit of live rows is 1 or more");
        }
        return new LiveRowsOptions(key, checkInterval, settleDelay, pageSize, filtersAtServer, rows, onError);
    }

    /** Returns these with somebody who is told what went wrong. */
    public LiveRowsOptions onError(Consumer<KalamException> listener) {
        requireNonNull(listener, "listener");
        return new LiveRowsOptions(key, checkInterval, settleDelay, pageSize, filtersAtServer, limit, listener);
    }
}
