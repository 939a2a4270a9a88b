package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.UncheckedSqlException;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/** SQLite's own handle below a connection: what works whatever state the driver's statements are in. */
final class SqliteHandle {
    private static final int OK = 0;

    private SqliteHandle() {}

    /**
     * Runs a statement that answers nothing, past all that is prepared; false when SQLite refused it.
     *
     * @throws UncheckedSqlException when the driver did not come to ask
     */
    static boolean run(Connection connection, String sql) {
        try {
            return database(connection)._exec(sql) == OK;
        } catch (SQLException e) {
            if (SqliteErrors.code(e) == OK && !isClosed(connection)) {
                throw new UncheckedSqlException(e);
            }
            return false;
        }
    }

    static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    /** Ends a connection that another thread may be using: what runs there is cut off, and its transaction rolled back. */
    static void cut(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            // Closing waits until the driver has come back from SQLite.
            database(connection).interrupt();
            connection.close();
        }
    }

    private static DB database(Connection connection) throws SQLException {
        return connection.unwrap(SQLiteConnection.class).getDatabase();
    }
}
