package dev.korm.jdbc.session;

import dev.korm.spi.StatementObserver;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The place where the statements of a layer's sessions are measured, while somebody wants to know of them. Safe for many threads. */
public final class StatementTap {
    /** What {@link #begin} answers while nobody wants to know. */
    static final long OFF = 0;

    private volatile StatementObserver observer = StatementObserver.NONE;

    public void observe(StatementObserver whom) {
        observer = whom;
    }

    /** Returns the time at which a statement begins; {@link #OFF} while nobody wants to know. */
    public long begin() {
        return observer.isActive() ? System.nanoTime() | 1 : OFF;
    }

    /**
     * Tells that a statement has ended.
     *
     * @param begun what {@link #begin} has answered
     */
    public void ended(String sql, long rows, long begun, @Nullable Throwable failure) {
        if (begun != OFF) {
            took(sql, rows, System.nanoTime() - begun, failure);
        }
    }

    void took(String sql, long rows, long nanos, @Nullable Throwable failure) {
        observer.ran(sql, rows, nanos, failure == null ? null : name(failure));
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
