package dev.korm.jdbc.write;

import dev.korm.SchemaException;
import dev.korm.jdbc.existing.ExistingCatalog;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tables of a database, seen from within a transaction. */
public interface Catalog {
    /** Returns the tables that korm did not make. */
    ExistingCatalog existing();

    /** Returns the table as the session sees it now. */
    Optional<TableSchema> read(Session session, TableName table) throws SQLException;

    /**
     * Returns an object that differs whenever the table's columns differ, whichever program changed them; empty where
     * the database itself refuses what does not fit a column, and where there is no such table.
     */
    Optional<Object> version(Session session, TableName table) throws SQLException;

    /** Keeps others of korm from changing the schema until the transaction ends, where the transaction does not do so. */
    void lock(Session session) throws SQLException;

    /** Lets others go on, where the end of the transaction does not. */
    default void unlock(Session session) {}

    /** Returns whether a statement that commits itself may fail so that nobody knows whether it did. */
    default boolean hasUndecidedStatements() {
        return false;
    }

    /**
     * Returns whether a row that a transaction has locked can be changed by another node of a cluster before it commits, so that only a change
     * of that row keeps others out.
     */
    default boolean locksOneNodeOnly() {
        return false;
    }

    /** Returns whether rows that are sent at once may be acknowledged though the server has rolled their transaction back. */
    default boolean hasSilentRollbacks() {
        return false;
    }

    /**
     * Requires that the transaction is still open in which rows were sent, where {@link #hasSilentRollbacks()}.
     *
     * @throws SQLException a conflict with another transaction, when it is not
     */
    default void requireTransaction(Session session) throws SQLException {}

    /** Makes a table that is not there. */
    void make(Session session, TableSchema table) throws SQLException;

    /** Changes a table in just that. */
    void alter(Session session, TableSchema actual, TableSchemas.Lacking lacking) throws SQLException;

    /** Makes a table, or adds what it lacks, before a batch goes on that needs it. */
    default void create(Session session, TableSchema table) throws SQLException {
        evolve(session, table, Set.of());
    }

    /** Returns how many columns a table can have. */
    int columnLimit();

    /**
     * Brings the table to what is wanted, and answers what it is then.
     *
     * @throws SchemaException when it would have more columns than a table can have; then nothing is changed
     */
    default TableSchema evolve(Session session, TableSchema wanted, Set<String> replace) throws SQLException {
        lock(session);
        Optional<TableSchema> before = read(session, wanted.table());
        if (before.isEmpty()) {
            requireRoom(wanted, wanted.columns().size());
            make(session, wanted);
        } else {
            TableSchemas.Lacking lacking = TableSchemas.lacking(before.get(), wanted, replace);
            if (!lacking.isNothing()) {
                requireRoom(
                        wanted,
                        before.get().columns().size()
                                - lacking.staleColumns().size()
                                + lacking.columns().size());
                alter(session, before.get(), lacking);
            }
        }
        return read(session, wanted.table()).orElse(wanted);
    }

    /**
     * Puts a column in the place of another, as {@link dev.korm.spi.Layer#exchange} says.
     *
     * @throws SchemaMovedException when one of the columns is not there
     */
    default boolean exchange(Session session, ColumnExchange exchange) throws SQLException {
        lock(session);
        TableSchema actual = read(session, exchange.table())
                .filter(there -> there.has(exchange.column()) && there.has(exchange.by()) && there.has(exchange.seen()))
                .orElseThrow(() -> new SchemaMovedException(exchange.table(), null));
        keepOut(session, exchange.table());
        try {
            Sql unready = ExchangeSql.unready(dialect(), exchange);
            if (session.query(unready, rows -> rows.next())) {
                return false;
            }
            exchange(session, actual, TableSchemas.exchanged(actual, exchange), exchange);
            return true;
        } finally {
            letIn(session);
        }
    }

    /** Returns the dialect of its statements. */
    Dialect dialect();

    /** Keeps others from writing rows of a table until the transaction ends, or {@link #letIn}. */
    void keepOut(Session session, TableName table) throws SQLException;

    /** Lets others write again, where the end of the transaction does not. */
    default void letIn(Session session) {}

    /**
     * Drops what goes, and gives the column the name of the other.
     *
     * @param going the indexes and columns that go
     */
    void exchange(Session session, TableSchema actual, TableSchemas.Lacking going, ColumnExchange exchange)
            throws SQLException;

    private void requireRoom(TableSchema wanted, int columns) {
        if (columns > columnLimit()) {
            throw new SchemaException(
                    "The table " + wanted.table() + " would have " + columns
                            + " columns, and the database holds " + columnLimit()
                            + " in a table. Put fields that belong together into a nested record or a map, which is one column");
        }
    }

    /** Returns every unique index but the key's, also those that korm did not make. */
    List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException;

    /** A unique index of columns. */
    record UniqueIndex(String name, List<String> columns) {
        public UniqueIndex {
            columns = List.copyOf(columns);
        }
    }
}
