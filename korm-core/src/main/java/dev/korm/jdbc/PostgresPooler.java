package dev.korm.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;

/**
 * Connections to something that stands before the server, such as PgBouncer, and that may hand each transaction to another of its
 * own connections there. A statement that was prepared on one is missing on the next, or another program's is found under its
 * name and would be run in its stead; so none is kept on the server. The threshold of a connection is as it was when it is given
 * back.
 */
final class PostgresPooler implements Connections {
    private static final int NEVER = 0;

    private final Connections connections;

    /** What connections in use were set to before. */
    private final Map<Connection, Integer> thresholds = new ConcurrentHashMap<>();

    PostgresPooler(Connections connections) {
        this.connections = connections;
    }

    /**
     * Whether a connection leads to a server process other than the one that it was told of when it began. Poolers tell of none,
     * since it changes.
     *
     * @param process the process that answers
     */
    static boolean isBetween(Connection connection, int process) throws SQLException {
        return driver(connection).getBackendPID() != process;
    }

    private static PGConnection driver(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class);
    }

    @Override
    public Connection take() throws SQLException {
        Connection connection = connections.take();
        PGConnection driver = driver(connection);
        int before = driver.getPrepareThreshold();
        if (before != NEVER) {
            thresholds.put(connection, before);
            driver.setPrepareThreshold(NEVER);
        }
        return connection;
    }

    @Override
    public void given(Connection connection) {
        Integer before = thresholds.remove(connection);
        if (before != null) {
            try {
                driver(connection).setPrepareThreshold(before);
            } catch (SQLException lost) {
                // Whoever owns the connection finds out and drops it.
            }
        }
        connections.given(connection);
    }

    @Override
    public void close() {
        connections.close();
    }
}
