package dev.korm.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Connections to be used and given back. Safe for many threads. */
interface Connections extends AutoCloseable {
    /** A connection, given back by closing it. */
    Connection take() throws SQLException;

    /** Takes note that a connection was given back. */
    void given(Connection connection);

    /** Ends every connection, also those in use. Twice is fine. */
    @Override
    void close();

    /** Connections of a data source that belongs to somebody else. Closing ends only those that are in use here. */
    static Connections of(DataSource source) {
        Map<Connection, Boolean> used = new ConcurrentHashMap<>();
        return new Connections() {
            @Override
            public Connection take() throws SQLException {
                Connection connection = source.getConnection();
                used.put(connection, true);
                return connection;
            }

            @Override
            public void given(Connection connection) {
                used.remove(connection);
            }

            @Override
            public void close() {
                List<Connection> left = List.copyOf(used.keySet());
                used.clear();
                for (Connection connection : left) {
                    try {
                        connection.abort(Runnable::run);
                    } catch (SQLException alreadyGone) {
                        // It is ended either way.
                    }
                }
            }
        };
    }
}
