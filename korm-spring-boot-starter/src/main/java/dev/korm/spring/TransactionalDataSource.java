package dev.korm.spring;

import dev.korm.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A data source of the application as korm takes connections from it for what is a transaction of its own: none while the thread is within one that Spring has
 * begun on the same data source and that korm is no part of ({@link JoinedTransaction}), since the call would silently be beside it.
 */
final class TransactionalDataSource extends DelegatingDataSource implements SurroundingTransactions.Source {
    private final String bean;
    private final String layer;
    private final SurroundingTransactions all;

    TransactionalDataSource(DataSource source, String bean, String layer, SurroundingTransactions all) {
        super(source);
        this.bean = bean;
        this.layer = layer;
        this.all = all;
        all.add(this);
    }

    @Override
    public String layer() {
        return layer;
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
        if (transaction() != null && !isApart()) {
            throw new ConfigurationException(
                    "korm was called within a transaction that Spring has begun on the data source \""
                            + bean
                            + "\", and would be no part of it: it is about to end, or its manager is no bean of the application, or korm has a"
                            + " transaction around it. Call korm before or after, or use @KormTransactional alone");
        }
        return super.getConnection();
    }

    /** Returns whether what korm does now is known to be beside the transaction. */
    private boolean isApart() {
        JoinedTransaction joined = all.current();
        return joined != null && (joined.allowsOthers() || (joined.isSuspended() && all.hasTransaction()));
    }

    @Override
    public @Nullable ConnectionHolder transaction() {
        DataSource own = target(this);
        for (Map.Entry<Object, Object> bound :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            if (bound.getKey() instanceof DataSource other
                    && bound.getValue() instanceof ConnectionHolder holder
                    && target(other).equals(own)
                    && holder.isSynchronizedWithTransaction()
                    && isBegun(holder)) {
                return holder;
            }
        }
        return null;
    }

    private static boolean isBegun(ConnectionHolder holder) {
        try {
            return !holder.getConnection().getAutoCommit();
        } catch (SQLException lost) {
            // Whoever uses it finds out.
            return true;
        }
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
