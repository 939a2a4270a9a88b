package dev.korm.jdbc.existing;

import dev.korm.SchemaException;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ExistingTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** Returns what is shown as the revision of rows that nothing counts the changes of, as the words of a statement. */
    default String revision(Sort sort) {
        return ShownTable.NO_REVISION;
    }

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

    /**
     * Returns the form of a column of dates or times, which is shown as a text.
     *
     * @param fits whether the field is of a type that the column can be
     * @param right the type that the field should have
     * @throws SchemaException when it does not fit
     */
    static ShownTable.Form dated(PhysicalColumn column, ExistingTable.Field field, boolean fits, Class<?> right) {
        if (!fits) {
            throw new SchemaException("The column " + column.name() + " is " + column.type() + ", which the field "
                    + field.name() + " of type " + field.type().getSimpleName() + " cannot be. Make it "
                    + right.getSimpleName());
        }
        return ShownTable.Form.plain(ColumnKind.TEXT);
    }

    /** Returns the columns of each index, of rows with its name and that of a column, in order; without indexes that have an expression, whose column is null. */
    static List<List<String>> columnsOfIndexes(ResultSet rows) throws SQLException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        Set<String> expressions = new HashSet<>();
        while (rows.next()) {
            String column = rows.getString(2);
            if (column == null) {
                expressions.add(rows.getString(1));
            } else {
                columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(column);
            }
        }
        columns.keySet().removeAll(expressions);
        return List.copyOf(columns.values());
    }
}
