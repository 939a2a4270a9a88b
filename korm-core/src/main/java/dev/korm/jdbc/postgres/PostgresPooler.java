package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections to something that stands before the server, such as PgBouncer, and that may hand each transaction to another of its
 * own connections there. A statement that was prepared on one is missing on the next, or another program's is found under its
 * name and would be run in its stead; so none is kept on the server. The threshold of a connection is as it was when it is given
 * back.
 */
public final class PostgresPooler implements Connections {
    /** The setting of the driver that says how often a statement is run before the server is to keep it. */
    public static final String THRESHOLD = "prepareThreshold";

    public static final int NEVER = 0;

    private final Connections connections;

    /** What connections in use were set to before. */
    private final Map<Connection, Integer> thresholds = new ConcurrentHashMap<>();

    PostgresPooler(Connections connections) {
        this.connections = connections;
    }

    /**
     * Returns whether a connection leads to a server process other than the one that it was told of when it began.
     * Poolers tell of none, since it changes.
     *
     * @param process the process that answers
     */
    static boolean isBetween(Connection connection, int process) throws SQLException {
        return DriverConnection.of(connection).process() != process;
    }

    /** Checks this by asking the server who answers. */
    public static boolean isBetween(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            return isBetween(connection, rows.getInt(1));
        }
    }

    @Override
    public Session take() throws SQLException {
        Session session = connections.take();
        try {
            DriverConnection driver = DriverConnection.of(session.connection());
            int before = driver.threshold();
            if (before != NEVER) {
                thresholds.put(session.connection(), before);
                driver.prepareAfter(NEVER);
            }
            return session;
        } catch (SQLException | RuntimeException | Error e) {
            connections.give(session, State.LOST);
            throw e;
        }
    }

    @Override
    public void give(Session session, State state) {
        Integer before = thresholds.remove(session.connection());
        if (before != null) {
            try {
                DriverConnection.of(session.connection()).prepareAfter(before);
            } catch (SQLException lost) {
                // Whoever owns the connection finds out and drops it.
            } finally {
                connections.give(session, state);
            }
        } else {
            connections.give(session, state);
        }
    }

    @Override
    public void retire() {
        connections.retire();
    }

    @Override
    public void close() {
        connections.close();
    }
}
