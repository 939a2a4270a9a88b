package dev.korm.jdbc.session;

import dev.korm.spi.StatementObserver;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The place where the statements of a layer's sessions are measured, while somebody wants to know of them. Safe for many threads. */
public final class StatementTap {
    private volatile StatementObserver observer = StatementObserver.NONE;

    public void observe(StatementObserver whom) {
        observer = whom;
    }

    /** A statement under way. Used by one thread at a time. */
    public static final class Sent {
        private final StatementObserver.Ending ending;
        private final long begun = System.nanoTime();

        private Sent(StatementObserver.Ending ending) {
            this.ending = ending;
        }

        /** Returns the nanoseconds since it began. */
        long nanos() {
            return System.nanoTime() - begun;
        }

        void took(long rows, long nanos, @Nullable Throwable failure) {
            ending.ended(rows, nanos, failure == null ? null : name(failure));
        }
    }

    /** Tells that a statement begins; null while nobody wants to know. */
    public @Nullable Sent begin(String sql) {
        StatementObserver whom = observer;
        return whom.isActive() ? new Sent(whom.begins(sql)) : null;
    }

    /**
     * Tells that a statement has ended.
     *
     * @param sent what {@link #begin} has answered
     */
    public static void ended(@Nullable Sent sent, long rows, @Nullable Throwable failure) {
        if (sent != null) {
            sent.took(rows, sent.nanos(), failure);
        }
    }

    /** Names a failure without its message, which may quote the row. */
    private static String name(Throwable failure) {
        String type = failure.getClass().getSimpleName();
        return failure instanceof SQLException e
                ? type + " (SQL state " + e.getSQLState() + ", code " + e.getErrorCode() + ")"
                : type;
    }

    /** Tells that something is tried again. */
    public void repeated(String what, int attempt, Throwable reason) {
        observer.repeated(what, attempt, reason);
    }
}
