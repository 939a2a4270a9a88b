package dev.korm.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection and the statements that were lately run on it. For one thread at a time. */
final class Session implements AutoCloseable {
    /** How many statements stay prepared. */
    private static final int STATEMENTS = 128;

    /** From this length on a bound value is let go after the call, since a kept statement would hold it. */
    private static final int LARGE = 1 << 16;

    private final Connection connection;
    private final int timeout;
    private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(32, 0.75f, true);

    Session(Connection connection) {
        this(connection, 0);
    }

    /** @param timeout seconds after which a statement is cancelled; 0 for none */
    Session(Connection connection, int timeout) {
        this.connection = connection;
        this.timeout = timeout;
    }

    Connection connection() {
        return connection;
    }

    /** The statement of that text, which must not be in use. It stays the session's. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        if (statements.size() >= STATEMENTS) {
            Iterator<PreparedStatement> eldest = statements.values().iterator();
            PreparedStatement dropped = eldest.next();
            eldest.remove();
            dropped.close();
        }
        PreparedStatement statement = connection.prepareStatement(sql);
        if (timeout > 0) {
            statement.setQueryTimeout(timeout);
        }
        statements.put(sql, statement);
        return statement;
    }

    /** Forgets a statement that failed: drivers leave some in a state in which they cannot be used again. */
    void discard(String sql) {
        PreparedStatement failed = statements.remove(sql);
        if (failed != null) {
            try {
                failed.close();
            } catch (SQLException alreadyBroken) {
                // It is gone either way.
            }
        }
    }

    /** Runs a statement that answers nothing. */
    void execute(String sql) throws SQLException {
        try {
            prepare(sql).execute();
        } catch (SQLException e) {
            discard(sql);
            throw e;
        }
    }

    /** Runs a change and answers how many rows it touched. */
    long update(Sql sql) throws SQLException {
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            long rows = statement.executeLargeUpdate();
            forgetLarge(statement, sql);
            return rows;
        } catch (SQLException e) {
            discard(sql.text());
            throw e;
        }
    }

    /** Runs a query and reads its whole answer. */
    <T> T query(Sql sql, Answer<T> answer) throws SQLException {
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                return answer.read(rows);
            }
        } catch (SQLException e) {
            discard(sql.text());
            throw e;
        }
    }

    private static void forgetLarge(PreparedStatement statement, Sql sql) throws SQLException {
        for (Slot slot : sql.slots()) {
            if (isLarge(slot.value())) {
                statement.clearParameters();
                return;
            }
        }
    }

    private static boolean isLarge(@Nullable Object value) {
        return (value instanceof String text && text.length() > LARGE)
                || (value instanceof byte[] bytes && bytes.length > LARGE);
    }

    /** Closes every statement and the connection, whatever fails on the way. */
    @Override
    public void close() throws SQLException {
        for (String sql : statements.keySet().toArray(new String[0])) {
            discard(sql);
        }
        connection.close();
    }

    /** Reads what a query answered. */
    interface Answer<T> {
        T read(ResultSet rows) throws SQLException;
    }
}
