package dev.korm.spring;

import dev.korm.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A data source of the application as korm takes connections from it: one of its own for each call, and none while the thread is within a transaction that Spring has
 * begun on the same data source, of which the call would silently be no part.
 */
final class TransactionalDataSource extends DelegatingDataSource {
    private final String bean;

    TransactionalDataSource(DataSource source, String bean) {
        super(source);
        this.bean = bean;
    }

    /** Returns the name of the database behind a data source, as its driver gives it. */
    static String product(DataSource source, String place) {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getDatabaseProductName();
        } catch (SQLException unreachable) {
            throw new ConfigurationException(
                    "The data source of " + place + " gives no connection, so it is not known of which database it is",
                    unreachable);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (isInTransaction()) {
            throw new ConfigurationException(
                    "korm was called within a transaction that Spring has begun on the data source \"" + bean
                            + "\", and would be no part of it. Use @KormTransactional where korm writes, or call it before or after that transaction");
        }
        return super.getConnection();
    }

    private boolean isInTransaction() throws SQLException {
        DataSource own = target(this);
        for (Map.Entry<Object, Object> bound :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            if (bound.getKey() instanceof DataSource other
                    && bound.getValue() instanceof ConnectionHolder holder
                    && target(other).equals(own)
                    && holder.isSynchronizedWithTransaction()
                    && !holder.getConnection().getAutoCommit()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the data source behind Spring's wrappers, since a transaction may be bound to any of them. */
    private static DataSource target(DataSource source) {
        DataSource target = source;
        while (target instanceof DelegatingDataSource wrapper) {
            DataSource inner = wrapper.getTargetDataSource();
            if (inner == null) {
                break;
            }
            target = inner;
        }
        return target;
    }
}
