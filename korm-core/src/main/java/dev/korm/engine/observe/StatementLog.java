package dev.korm.engine.observe;

import dev.korm.engine.context.PoolEvents;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import dev.korm.spi.StatementObserver;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of what a layer sends: each statement at DEBUG, a slow one at WARN, and an attempt that is repeated at WARN. Listeners are told of the same. Safe
 * for many threads.
 *
 * <p>No value is logged: a statement has placeholders, and a failure is named by its class and its SQL state, since a database's message may quote the row.
 */
public final class StatementLog implements StatementObserver {
    private static final Logger SQL = LoggerFactory.getLogger("dev.korm.sql");
    private static final Logger SLOW = LoggerFactory.getLogger("dev.korm.slow");
    private static final Logger RETRY = LoggerFactory.getLogger("dev.korm.retry");

    private final String layer;
    private final long slow;
    private final PoolEvents events;

    /** @param slow from when on a statement is slow; zero for never */
    public StatementLog(String layer, Duration slow, PoolEvents events) {
        this.layer = layer;
        this.slow = slow.isZero() ? Long.MAX_VALUE : nanos(slow);
        this.events = events;
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0 ? time.toNanos() : Long.MAX_VALUE;
    }

    @Override
    public boolean isActive() {
        return (slow != Long.MAX_VALUE && SLOW.isWarnEnabled()) || SQL.isDebugEnabled() || events.areStatementsTold();
    }

    @Override
    public Ending begins(String statement) {
        StatementEnd end = events.statementBegins(layer, statement);
        return (rows, nanos, failure) -> ended(statement, rows, nanos, failure, end);
    }

    @Override
    public void ran(String statement, long rows, long nanos, @Nullable String failure) {
        ended(statement, rows, nanos, failure, StatementEnd.NOBODY);
    }

    private void ended(String statement, long rows, long nanos, @Nullable String failure, StatementEnd end) {
        if (nanos >= slow && SLOW.isWarnEnabled()) {
            SLOW.warn(
                    "Slow statement in the layer \"{}\": {}{}, {}",
                    layer,
                    millis(nanos),
                    ending(rows, failure),
                    statement);
        }
        if (SQL.isDebugEnabled()) {
            SQL.debug("{}: {}{}, {}", layer, millis(nanos), ending(rows, failure), statement);
        }
        boolean told = events.areStatementsTold();
        if (told || end != StatementEnd.NOBODY) {
            SentStatement sent =
                    new SentStatement(layer, statement, rows, Duration.ofNanos(nanos), Optional.ofNullable(failure));
            PoolEvents.ended(end, sent);
            if (told) {
                events.statement(sent);
            }
        }
    }

    private static String ending(long rows, @Nullable String failure) {
        if (failure != null) {
            return ", failed with " + failure;
        }
        return rows < 0 ? "" : ", " + rows + (rows == 1 ? " row" : " rows");
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }

    @Override
    public void repeated(String what, int attempt, Throwable reason) {
        repeated(layer, what, attempt, reason, events);
    }

    /** Logs that something is tried again, and tells the listeners. */
    public static void repeated(String layer, String what, int attempt, Throwable reason, PoolEvents events) {
        if (RETRY.isWarnEnabled()) {
            RETRY.warn(
                    "{} is repeated{} after attempt {}{}",
                    what,
                    in(layer),
                    attempt,
                    ending(-1, reason.getClass().getSimpleName()));
        }
        events.repeated(layer, what, attempt, reason);
    }

    private static String in(String layer) {
        return layer.isEmpty() ? "" : " in the layer \"" + layer + "\"";
    }
}
