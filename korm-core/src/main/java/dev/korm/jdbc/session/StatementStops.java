package dev.korm.jdbc.session;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/** The ways in which a database ends a statement that takes too long. Safe for many threads. */
public interface StatementStops {
    /** Returns whether a statement ended since it was stopped, by whomever, or took too long for the store. */
    boolean isStopped(SQLException error);

    /** Stops what a connection runs, from another thread. */
    default void stop(Connection connection, PreparedStatement statement) throws SQLException {
        statement.cancel();
    }

    /**
     * Returns the statement that gives a connection a limit, for as long as it lives; empty where the connection is somebody else's, or the store has no limits.
     *
     * @param millis 0 for none
     */
    default Optional<String> onConnection(long millis) {
        return Optional.empty();
    }

    /**
     * Returns a statement with a limit for itself alone, in one round trip; the statement as it was where the store cannot do that.
     *
     * @param millis 0 for none
     * @param usual the limit of the connection
     */
    default String once(String sql, long millis, long usual, boolean inTransaction) {
        return sql;
    }

    /** Returns whether the store counts the time in which nobody takes its rows. */
    default boolean countsWhatIsNotTaken() {
        return false;
    }
}
