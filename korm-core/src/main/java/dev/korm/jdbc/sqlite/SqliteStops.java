package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.StatementStops;
import java.sql.SQLException;

/** SQLite ends what runs when another thread interrupts the connection; it has no limits of its own. */
enum SqliteStops implements StatementStops {
    INSTANCE;

    @Override
    public boolean isStopped(SQLException error) {
        return (SqliteErrors.code(error) & 0xff) == SqliteErrors.INTERRUPTED;
    }
}
