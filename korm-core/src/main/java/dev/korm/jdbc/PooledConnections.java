package dev.korm.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** HikariCP's connections to one database. */
final class PooledConnections implements Connections {
    private final HikariDataSource pool;

    private PooledConnections(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * Connections of a driver.
     *
     * @param source a data source, not a URL, since HikariCP names URLs in messages
     */
    static Connections open(String layer, DataSource source, int size, Duration timeout, StoreErrors errors) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName("korm-" + layer);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(Math.min(size, 1));
        config.setConnectionTimeout(Math.max(250, timeout.toMillis()));
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
    public Connection take() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void given(Connection connection) {
        // The pool knows.
    }

    @Override
    public void close() {
        pool.close();
    }
}
