package dev.korm.jdbc;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.spi.environment.SurroundingTransaction;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A transaction that the program has begun on a connection of its own, for {@link dev.korm.Pool#within}. korm reads and writes on the connection while that call lasts; it does not commit it, roll it back
 * (but to a savepoint of korm's own), or close it. For the thread that uses the connection.
 */
public final class JdbcTransaction extends SurroundingTransaction {
    private final Connection connection;

    private JdbcTransaction(String layer, Connection connection) {
        super(layer);
        this.connection = requireNonNull(connection, "connection");
    }

    /**
     * Returns the transaction that a connection is in.
     *
     * @param layer the layer in whose database it is: one that was made by {@code Postgres.dataSource(…)} or {@code MySql.dataSource(…)}
     * @param connection of that database, with the same schema, and with autocommit off
     * @throws ConfigurationException when the connection commits each statement, or is closed
     */
    public static JdbcTransaction of(String layer, Connection connection) {
        JdbcTransaction transaction = new JdbcTransaction(layer, connection);
        if (!transaction.isOpen()) {
            throw new ConfigurationException(
                    "The connection for the layer \"" + layer
                            + "\" is in no transaction that korm could be a part of: it is closed, or commits each statement. Call setAutoCommit(false) first");
        }
        return transaction;
    }

    @Override
    public boolean isOpen() {
        try {
            return !connection.isClosed() && !connection.getAutoCommit();
        } catch (SQLException lost) {
            return false;
        }
    }

    @Override
    public <C> C connection(Class<C> type) {
        return requireNonNull(type, "type").cast(connection);
    }

    @Override
    public boolean isDecidedLater() {
        return true;
    }

    /** Leaves the commit to the program. */
    @Override
    public End commit() {
        return End.PENDING;
    }
}
