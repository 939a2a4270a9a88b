package dev.korm.jdbc.mysql;

import dev.korm.jdbc.session.ColumnKindTable;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.query.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds tables of items in a database's catalogue, also those whose names were too long for it. */
final class MySqlItemTables {
    private final MySqlNames names;
    private final ColumnKindTable kinds;

    MySqlItemTables(MySqlNames names, ColumnKindTable kinds) {
        this.names = names;
        this.kinds = kinds;
    }

    /** Returns the tables of items that have a column. */
    List<TableName> having(Session session, String column) throws SQLException {
        // One table of the catalogue, and by constants alone: else the server opens the tables of every database.
        Sql sql = Sql.of(
                "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS"
                        + " WHERE TABLE_SCHEMA = ? AND COLUMN_NAME IN ('" + TableName.ID + "', ?)",
                names.plainDatabase(),
                column);
        Map<String, Set<String>> columns = new TreeMap<>();
        session.query(sql, rows -> {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), name -> new HashSet<>())
                        .add(rows.getString(2));
            }
            return true;
        });
        List<TableName> tables = new ArrayList<>();
        List<String> hashed = new ArrayList<>();
        columns.forEach((name, found) -> {
            // The catalogue compares names without regard to case.
            if (found.contains(TableName.ID) && found.contains(column)) {
                if (TableName.isItems(name)) {
                    tables.add(new TableName(name, TableName.ID));
                } else if (name.startsWith(MySqlNames.ITEMS)) {
                    hashed.add(name);
                }
            }
        });
        if (!hashed.isEmpty()) {
            tables.addAll(whole(session, hashed));
        }
        return tables;
    }

    /**
     * Returns the whole names of tables: ours are in their comments, the original's beside the kinds of their columns.
     */
    private List<TableName> whole(Session session, List<String> hashed) throws SQLException {
        Set<String> candidates = new TreeSet<>();
        Session.Answer<Boolean> names = rows -> {
            while (rows.next()) {
                candidates.add(String.valueOf(rows.getString(1)));
            }
            return true;
        };
        session.query(
                Sql.of(
                        "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?",
                        this.names.plainDatabase()),
                names);
        if (isThere(session, ColumnKindTable.NAME)) {
            session.query(Sql.of("SELECT DISTINCT table_name FROM " + kinds.sql()), names);
        }
        return candidates.stream()
                .filter(TableName::isItems)
                .filter(whole -> hashed.stream().anyMatch(name -> isOf(name, whole)))
                .map(whole -> new TableName(whole, TableName.ID))
                .toList();
    }

    private static boolean isOf(String name, String whole) {
        return MySqlNames.table(new TableName(whole, TableName.ID)).equals(name);
    }

    /** Returns whether the database has a table of a name. */
    boolean isThere(Session session, String table) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                        names.plainDatabase(),
                        table),
                ResultSet::next);
    }
}
