package dev.korm.jdbc.session;

import java.sql.SQLException;

/** An error of a driver on its way to whoever finds out what it means, through code that throws none. */
public final class UncheckedSqlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SQLException reason;

    public UncheckedSqlException(SQLException reason) {
        super(reason);
        this.reason = reason;
    }

    public SQLException reason() {
        return reason;
    }
}
