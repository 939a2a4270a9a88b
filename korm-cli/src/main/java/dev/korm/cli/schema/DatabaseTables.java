package dev.korm.cli.schema;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables of a database, read through JDBC. Tables that korm makes for itself are passed over. For one thread. */
public final class DatabaseTables {
    private final DatabaseMetaData database;
    private final @Nullable String catalog;
    private final @Nullable String schema;
    private final Product product;

    private DatabaseTables(
            DatabaseMetaData database, @Nullable String catalog, @Nullable String schema, Product product) {
        this.database = database;
        this.catalog = catalog;
        this.schema = schema;
        this.product = product;
    }

    /** The database products that korm has layers for. */
    public enum Product {
        SQLITE,
        POSTGRES,
        MYSQL
    }

    /**
     * Returns the tables of a connection.
     *
     * @param schema the schema, which MySQL calls a database; the connection's own where it is null
     */
    public static DatabaseTables of(Connection connection, @Nullable String schema) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String name = database.getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (name.contains("postgres")) {
            return new DatabaseTables(
                    database, null, schema == null ? connection.getSchema() : schema, Product.POSTGRES);
        }
        if (name.contains("sqlite")) {
            return new DatabaseTables(database, null, null, Product.SQLITE);
        }
        return new DatabaseTables(database, schema == null ? connection.getCatalog() : schema, null, Product.MYSQL);
    }

    public Product product() {
        return product;
    }

    /** Returns the tables, by name. */
    public List<DatabaseTable> all() throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = database.getTables(
                catalog,
                escaped(schema),
                "%",
                product == Product.POSTGRES ? new String[] {"TABLE", "PARTITIONED TABLE"} : new String[] {"TABLE"})) {
            while (rows.next()) {
                String name = rows.getString("TABLE_NAME");
                if (!name.startsWith("__") && !name.startsWith("sqlite_")) {
                    names.add(name);
                }
            }
        }
        List<DatabaseTable> tables = new ArrayList<>();
        for (String name : names.stream().sorted().toList()) {
            tables.add(new DatabaseTable(name, columns(name), key(name), foreignKeys(name)));
        }
        return tables;
    }

    private List<DatabaseTable.Column> columns(String table) throws SQLException {
        List<DatabaseTable.Column> columns = new ArrayList<>();
        try (ResultSet rows = database.getColumns(catalog, escaped(schema), escaped(table), "%")) {
            while (rows.next()) {
                String type = rows.getString("TYPE_NAME").toLowerCase(Locale.ROOT);
                int size = rows.getInt("COLUMN_SIZE");
                columns.add(new DatabaseTable.Column(
                        rows.getString("COLUMN_NAME"),
                        type.contains("(") ? type : type + "(" + size + ")",
                        !"NO".equals(rows.getString("IS_NULLABLE"))));
            }
        }
        return columns;
    }

    private List<String> key(String table) throws SQLException {
        Map<Integer, String> parts = new TreeMap<>();
        try (ResultSet rows = database.getPrimaryKeys(catalog, schema, table)) {
            while (rows.next()) {
                parts.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
            }
        }
        return List.copyOf(parts.values());
    }

    private List<DatabaseTable.ForeignKey> foreignKeys(String table) throws SQLException {
        Map<String, List<String[]>> byName = new LinkedHashMap<>();
        int unnamed = 0;
        try (ResultSet rows = database.getImportedKeys(catalog, schema, table)) {
            while (rows.next()) {
                int sequence = rows.getInt("KEY_SEQ");
                unnamed += sequence == 1 ? 1 : 0;
                // SQLite's constraints need no name; the sequence begins anew with each.
                String name = rows.getString("FK_NAME");
                byName.computeIfAbsent(name == null || name.isEmpty() ? "#" + unnamed : name, key -> new ArrayList<>())
                        .add(new String[] {
                            rows.getString("FKCOLUMN_NAME"),
                            rows.getString("PKTABLE_NAME"),
                            rows.getString("PKCOLUMN_NAME")
                        });
            }
        }
        return byName.values().stream()
                .map(parts -> new DatabaseTable.ForeignKey(
                        parts.stream().map(part -> part[0]).toList(),
                        parts.get(0)[1],
                        parts.stream().map(part -> part[2]).toList()))
                .distinct()
                .toList();
    }

    /** Returns a name in which nothing stands for other names. */
    private @Nullable String escaped(@Nullable String name) throws SQLException {
        if (name == null) {
            return null;
        }
        String escape = database.getSearchStringEscape();
        return escape == null || escape.isEmpty()
                ? name
                : name.replace(escape, escape + escape)
                        .replace("_", escape + "_")
                        .replace("%", escape + "%");
    }
}
