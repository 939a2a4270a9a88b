package dev.korm.jdbc.session;

import dev.korm.ConfigurationException;
import dev.korm.spi.environment.SurroundingTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Sessions on connections to be used and given back. Safe for many threads. */
public interface Connections extends AutoCloseable {
    /** The fate of a connection that is given back. */
    enum State {
        USABLE,
        /** It was lost, or may have been. */
        LOST
    }

    /** Returns a session on a connection that nobody else uses until it is given back. */
    Session take() throws SQLException;

    /** Returns a session that is no part of a transaction around the thread's work, whether there is one or not. */
    default Session takeApart() throws SQLException {
        return take();
    }

    /** Returns a session for a change: within the transaction around the thread's work where the change is to be stored with that. */
    default Session takeForChange() throws SQLException {
        return take();
    }

    /** Returns whether a session can be one within a transaction of somebody else. */
    default boolean mayBeSurrounded() {
        return false;
    }

    /** Returns whether what the thread changes is to be stored with a transaction around its work. */
    default boolean isSurrounded() {
        return false;
    }

    /** Takes a session back, whose transaction has ended. */
    void give(Session session, State state);

    /** Has no connection lent again that was made before; those in use are ended when they are given back. */
    default void retire() {
        // Who owns them sees to it.
    }

    /** Ends every connection, also those in use. Twice is fine. */
    @Override
    void close();

    /**
     * Takes connections of a data source that belongs to somebody else. Closing ends only those that are in use here. One that is lent
     * with autocommit off may be in the middle of somebody's transaction, which a commit of korm's would commit too: it is given
     * back untouched.
     *
     * <p>Within a {@link SurroundingTransaction} of the layer, its connection is lent instead, and stays its owner's.
     *
     * @throws ConfigurationException by {@code take()}, for such a connection
     */
    static Connections of(DataSource source, StoreErrors errors) {
        Map<Connection, Boolean> used = new ConcurrentHashMap<>();
        return new Connections() {
            @Override
            public Session take() throws SQLException {
                Optional<SurroundingTransaction> around = SurroundingTransaction.forReading(errors.layer());
                return around.isPresent() ? GuestConnection.lent(around.get()) : takeApart();
            }

            @Override
            public Session takeForChange() throws SQLException {
                return isSurrounded() ? take() : takeApart();
            }

            @Override
            public boolean mayBeSurrounded() {
                return true;
            }

            @Override
            public boolean isSurrounded() {
                return SurroundingTransaction.takesChanges(errors.layer());
            }

            @Override
            public Session takeApart() throws SQLException {
                Connection connection = source.getConnection();
                if (!connection.getAutoCommit()) {
                    connection.close();
                    throw new ConfigurationException(
                            errors.where() + " was lent a connection with autocommit off, as in a"
                                    + " transaction that somebody else has begun; korm commits its changes itself, and would commit that"
                                    + " transaction too. Give the layer a data source that takes no part in such transactions, and"
                                    + " whose connections begin with autocommit on. To have korm take part in one, see Pool.within");
                }
                used.put(connection, true);
                return new Session(connection);
            }

            @Override
            public void give(Session session, State state) {
                used.remove(session.connection());
                try {
                    if (state == State.LOST) {
                        // So that whoever owns it does not lend it again: a pool may find out by a call that fails
                        // alone.
                        session.connection().abort(Runnable::run);
                        session.connection().createStatement().close();
                    }
                } catch (SQLException lost) {
                    // Whoever owns the connection finds out and drops it.
                }
                try {
                    session.close();
                } catch (SQLException lost) {
                    // It is given back either way.
                }
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
