package dev.korm.jdbc.session;

import java.sql.SQLException;
import java.time.Duration;

/** A statement was stopped, for a reason of korm's. Has the code and SQLSTATE of what the store said. */
public final class StoppedException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final Duration limit;

    /** The reason for which it was stopped. */
    public enum Reason {
        TOO_LONG,
        INTERRUPTED
    }

    StoppedException(SQLException said, Reason reason, Duration limit) {
        super(said.getMessage(), said.getSQLState(), said.getErrorCode(), said);
        this.reason = reason;
        this.limit = limit;
    }

    public Reason reason() {
        return reason;
    }

    /** Returns how long it was allowed to take; zero where there was no limit. */
    public Duration limit() {
        return limit;
    }
}
