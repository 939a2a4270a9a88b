package dev.korm.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.korm.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** HikariCP's connections to one database. */
final class PostgresPool implements Connections {
    private final HikariDataSource pool;

    private PostgresPool(HikariDataSource pool) {
        this.pool = pool;
    }

    static Connections open(String name, PostgresAddress address, int size, Duration timeout, PostgresErrors errors) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {address.host()});
        source.setPortNumbers(new int[] {address.port()});
        source.setDatabaseName(address.database());
        source.setUser(address.user());
        address.password().ifPresent(source::setPassword);
        source.setApplicationName("korm");
        source.setReWriteBatchedInserts(true);
        source.setTcpKeepAlive(true);
        for (Map.Entry<String, String> property : address.properties().entrySet()) {
            try {
                source.setProperty(property.getKey(), property.getValue());
            } catch (SQLException unknown) {
                throw new ConfigurationException(
                        "The driver of PostgreSQL does not know, or does not take so, the setting " + property.getKey()
                                + " in the URL of layer " + name);
            }
        }
        HikariConfig config = new HikariConfig();
        // The data source, not a URL, since HikariCP names URLs in messages.
        config.setDataSource(source);
        config.setPoolName("korm-" + name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(Math.min(size, 1));
        config.setConnectionTimeout(Math.max(250, timeout.toMillis()));
        try {
            return new PostgresPool(new HikariDataSource(config));
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
