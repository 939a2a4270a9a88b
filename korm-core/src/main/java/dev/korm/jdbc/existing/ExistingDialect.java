package dev.korm.jdbc.existing;

import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.schema.ExistingTable;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The ways in which databases differ in tables that korm did not make. */
public interface ExistingDialect {
    /** The kind of thing that has a name. */
    enum Sort {
        TABLE,
        /** It has no key of its own, and its rows cannot always be written. */
        VIEW
    }

    /** The kind of rule of a table that a statement may break. */
    enum Rule {
        FOREIGN_KEY,
        NOT_NULL,
        CHECK,
        /** None that korm knows. */
        NONE
    }

    /** Returns which rule an error is about. */
    Rule rule(SQLException error);

    ShownTable.Style style();

    /** Returns the schema that a table is in, also where none is said. */
    String schema(ExistingTable table);

    /** Returns whether it is a table or a view; empty where there is nothing of the name. */
    Optional<Sort> sort(Session session, ExistingTable table) throws SQLException;

    /** Returns the columns in their order. */
    List<PhysicalColumn> columns(Session session, ExistingTable table) throws SQLException;

    /** Returns how a column is shown as a field, and written. */
    ShownTable.Form form(PhysicalColumn column, ExistingTable.Field field);

    /** Returns the unique indexes beside that of the key, as lists of columns; those of expressions are left out. */
    List<List<String>> unique(Session session, ExistingTable table) throws SQLException;

    /**
     * Returns a number that no row has as its key, and that the database itself will not give any more where it can be kept from it.
     *
     * @param key the column of the key
     */
    long next(Session session, ExistingTable table, String key) throws SQLException;
}
