package dev.korm.jdbc.session;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * HikariCP's connections to one database, with the statements that were prepared on them: those are the driver's own, which the
 * pool does not know and so does not close. Therefore it cannot see either that one of them failed, and is told. Safe for many threads.
 *
 * <p><b>Who owns what.</b> HikariCP owns the physical connections, and decides when one is opened, tested and retired. A {@link Session} belongs to a
 * physical connection for as long as that lives, so its statements are there again for whoever is lent it next. What the pool gave for
 * a session in use is kept in {@link #lent} until that is given back, once.
 *
 * <p><b>Giving back.</b> A usable session is put to rest first; where even that fails, or it was lost, the connection is evicted. Sessions of
 * connections that the pool has retired are forgotten when the next new one is made.
 */
public final class PooledConnections implements Connections {
    private final HikariDataSource pool;

    /** By the driver's connection; also some that the pool has closed since. */
    private final Map<Connection, Session> sessions = new ConcurrentHashMap<>();

    /** What the pool gave for each session in use. */
    private final Map<Session, Connection> lent = new ConcurrentHashMap<>();

    private PooledConnections(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * Opens connections of a driver.
     *
     * @param source a data source, not a URL, since HikariCP names URLs in messages
     * @param first what is run on each connection when it was made
     */
    public static Connections open(
            String layer, DataSource source, int size, Duration timeout, Optional<String> first, StoreErrors errors) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName("korm-" + layer);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(Math.min(size, 1));
        config.setConnectionTimeout(Math.max(250, timeout.toMillis()));
        first.ifPresent(config::setConnectionInitSql);
        try {
            return new PooledConnections(new HikariDataSource(config));
        } catch (PoolInitializationException e) {
            throw errors.connecting(
                    e.getCause() instanceof SQLException reason
                            ? reason
                            : new SQLException(e.getMessage(), "08001", e));
        }
    }

    @Override
    public Session take() throws SQLException {
        Connection given = pool.getConnection();
        try {
            Connection own = given.unwrap(Connection.class);
            Session session = sessions.get(own);
            if (session == null) {
                sessions.keySet().removeIf(PooledConnections::isClosed);
                session = new Session(own);
                sessions.put(own, session);
            }
            lent.put(session, given);
            return session;
        } catch (SQLException | RuntimeException | Error e) {
            pool.evictConnection(given);
            throw e;
        }
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException lost) {
            return true;
        }
    }

    @Override
    public void give(Session session, State state) {
        Connection given = lent.remove(session);
        if (given == null) {
            throw new IllegalStateException("The session was given back before");
        }
        boolean usable = false;
        try {
            if (state == State.USABLE) {
                session.reset();
                usable = true;
            }
        } catch (SQLException lost) {
            // It is dropped.
        } finally {
            if (!usable) {
                pool.evictConnection(given);
            }
            close(given);
        }
    }

    private void close(Connection given) {
        try {
            given.close();
        } catch (SQLException lost) {
            pool.evictConnection(given);
        }
    }

    @Override
    public void retire() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public void close() {
        pool.close();
    }
}
