package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.StatementStops;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The ways in which PostgreSQL ends a statement that takes too long: {@code statement_timeout}, and a request to cancel.
 *
 * <p>A limit of one query is set and taken back in the same round trip as the query; within a transaction it holds until its end.
 *
 * @param own whether a setting of the session stays with the layer
 */
record PostgresStops(boolean own) implements StatementStops {
    private static final String SET = "SET statement_timeout = ";
    private static final String SET_LOCAL = "SET LOCAL statement_timeout = ";

    @Override
    public boolean isStopped(SQLException error) {
        return PostgresErrors.state(error).equals(PostgresErrors.CANCELLED);
    }

    // The driver's statement knows nothing of a fetch that runs; its connection does.
    @Override
    public void stop(Connection connection, PreparedStatement statement) throws SQLException {
        DriverConnection.of(connection).cancel();
    }

    @Override
    public Optional<String> onConnection(long millis) {
        return own ? Optional.of(SET + most(millis)) : Optional.empty();
    }

    @Override
    public String once(String sql, long millis, long usual, boolean inTransaction) {
        if (inTransaction) {
            return SET_LOCAL + most(millis) + ";" + sql;
        }
        return own ? SET + most(millis) + ";" + sql + ";" + SET + most(usual) : sql;
    }

    private static long most(long millis) {
        return Math.min(millis, Integer.MAX_VALUE);
    }
}
