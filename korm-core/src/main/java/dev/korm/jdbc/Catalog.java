package dev.korm.jdbc;

import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What tables a database has, seen from within a transaction. */
interface Catalog {
    /** The table as the session sees it now. */
    Optional<TableShape> read(Session session, TableName table) throws SQLException;

    /**
     * A number that changes whenever the schema does, by whichever program; empty where the database refuses by itself what
     * does not fit a column.
     */
    OptionalLong version(Session session) throws SQLException;

    void create(Session session, TableShape table) throws SQLException;

    /** Gives an item table that was made without one its revision column; all rows then have revision 0. */
    void addRevision(Session session, TableName table) throws SQLException;

    /** Every unique index but the key's, also those that korm did not make. */
    List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException;

    /** A unique index of columns. */
    record UniqueIndex(String name, List<String> columns) {
        public UniqueIndex {
            columns = List.copyOf(columns);
        }
    }
}
