package dev.korm.jdbc;

import java.sql.SQLException;

/** An error of a driver on its way to whoever finds out what it means, through code that throws none. */
final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SQLException reason;

    Failed(SQLException reason) {
        super(reason);
        this.reason = reason;
    }

    SQLException reason() {
        return reason;
    }
}
