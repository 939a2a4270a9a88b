package dev.korm.jdbc.mysql;

import dev.korm.jdbc.existing.ExistingDialect;
import dev.korm.jdbc.existing.PhysicalColumn;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ExistingTable;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Tables of MariaDB and MySQL that korm did not make. */
final class MySqlExisting implements ExistingDialect {
    private final String database;
    private final String collate;
    private final MySqlDialect dialect;

    /**
     * @param database where tables are that name none
     * @param collation by which texts compare by code point
     */
    MySqlExisting(String database, String collation, MySqlDialect dialect) {
        this.database = database;
        this.collate = " USING utf8mb4) COLLATE " + collation + ")";
        this.dialect = dialect;
    }

    @Override
    public ShownTable.Style style() {
        return new ShownTable.Style(
                "char", ShownTable.Style.Concatenation.FUNCTION, new ShownTable.Around("(CONVERT(", collate));
    }

    @Override
    public Rule rule(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1216, 1217, 1451, 1452 -> Rule.FOREIGN_KEY;
            case 1048, 1364 -> Rule.NOT_NULL;
            case 3819, 4025 -> Rule.CHECK;
            default -> Rule.NONE;
        };
    }

    @Override
    public String schema(ExistingTable table) {
        return table.schema().isEmpty() ? database : table.schema();
    }

    @Override
    public Optional<Sort> sort(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                schema(table),
                table.name());
        return session.query(sql, rows -> {
            if (!rows.next()) {
                return Optional.empty();
            }
            return Optional.of(rows.getString(1).contains("VIEW") ? Sort.VIEW : Sort.TABLE);
        });
    }

    @Override
    public List<PhysicalColumn> columns(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT c.COLUMN_NAME, c.COLUMN_TYPE, c.EXTRA, c.COLUMN_DEFAULT, c.IS_NULLABLE, COALESCE(s.SEQ_IN_INDEX, 0)"
                        + " FROM information_schema.COLUMNS AS c LEFT JOIN information_schema.STATISTICS AS s"
                        + " ON s.TABLE_SCHEMA = c.TABLE_SCHEMA AND s.TABLE_NAME = c.TABLE_NAME AND s.COLUMN_NAME = c.COLUMN_NAME"
                        + " AND s.INDEX_NAME = 'PRIMARY' WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION",
                schema(table),
                table.name());
        return session.query(sql, rows -> {
            List<PhysicalColumn> columns = new ArrayList<>();
            while (rows.next()) {
                String extra = String.valueOf(rows.getString(3)).toUpperCase(Locale.ROOT);
                String value = rows.getString(4);
                boolean generated =
                        extra.contains("VIRTUAL") || extra.contains("STORED GENERATED") || extra.contains("PERSISTENT");
                boolean filled = extra.contains("AUTO_INCREMENT") || (value != null && !value.equalsIgnoreCase("NULL"));
                columns.add(PhysicalColumn.of(
                        rows.getString(1),
                        rows.getString(2).toLowerCase(Locale.ROOT),
                        generated,
                        filled,
                        "NO".equals(rows.getString(5)),
                        rows.getInt(6)));
            }
            return columns;
        });
    }

    private static String name(String type) {
        int end = 0;
        while (end < type.length() && Character.isLetter(type.charAt(end))) {
            end++;
        }
        return type.substring(0, end);
    }

    @Override
    public ShownTable.Form form(PhysicalColumn column, ExistingTable.Field field) {
        ColumnKind wanted = field.kind();
        boolean plainText = field.type() == String.class;
        return switch (name(column.type())) {
            case "tinyint", "bit" ->
                wanted == ColumnKind.BOOLEAN
                        ? ShownTable.Form.plain(ColumnKind.BOOLEAN).read("(", " + 0)")
                        : ShownTable.Form.plain(ColumnKind.INTEGER).read("(", " + 0)");
            case "smallint", "mediumint", "int", "bigint" -> ShownTable.Form.plain(ColumnKind.INTEGER);
            // The driver would give a date.
            case "year" -> ShownTable.Form.plain(ColumnKind.INTEGER).read("CAST(", " AS UNSIGNED)");
            case "float", "double" -> ShownTable.Form.plain(ColumnKind.REAL);
            case "decimal" -> ShownTable.Form.plain(ColumnKind.DECIMAL);
            case "binary" ->
                field.type() == UUID.class
                        ? ShownTable.Form.plain(ColumnKind.TEXT)
                                .read(
                                        "LOWER(INSERT(INSERT(INSERT(INSERT(HEX(",
                                        "), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'))")
                                .bound("UNHEX(REPLACE(", ", '-', ''))")
                        : ShownTable.Form.plain(ColumnKind.BYTES);
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ShownTable.Form.plain(ColumnKind.BYTES);
            case "date" ->
                ExistingDialect.dated(column, field, plainText || field.type() == LocalDate.class, LocalDate.class)
                        .read("DATE_FORMAT(", ", '%Y-%m-%d')");
            case "datetime" ->
                ExistingDialect.dated(
                                column, field, plainText || field.type() == LocalDateTime.class, LocalDateTime.class)
                        .read("CONCAT(DATE_FORMAT(", ", '%Y-%m-%dT%H:%i:%s.%f'), '000')")
                        .bound("STR_TO_DATE(LEFT(", ", 26), '%Y-%m-%dT%H:%i:%s.%f')");
            // Its values are shown in the time zone of the session, which may be any.
            case "timestamp" ->
                ExistingDialect.dated(column, field, plainText || field.type() == Instant.class, Instant.class)
                        .read(
                                "CONCAT(DATE_FORMAT(DATE_ADD('1970-01-01 00:00:00.000000', INTERVAL UNIX_TIMESTAMP(",
                                ") SECOND), '%Y-%m-%dT%H:%i:%s.%f'), '000Z')")
                        .bound(
                                "CONVERT_TZ(STR_TO_DATE(LEFT(",
                                ", 26), '%Y-%m-%dT%H:%i:%s.%f'), '+00:00', @@session.time_zone)");
            case "time" ->
                ExistingDialect.dated(column, field, plainText || field.type() == LocalTime.class, LocalTime.class)
                        .read("CONCAT(TIME_FORMAT(", ", '%H:%i:%s.%f'), '000')")
                        .bound("LEFT(", ", 15)");
            case "json" -> ShownTable.Form.plain(ColumnKind.JSON);
            case "longtext" -> text(wanted == ColumnKind.JSON ? ColumnKind.JSON : ColumnKind.TEXT, field);
            default -> text(ColumnKind.TEXT, field);
        };
    }

    private ShownTable.Form text(ColumnKind kind, ExistingTable.Field field) {
        ColumnKind shown = field.kind() == ColumnKind.RN && field.target().isEmpty() ? ColumnKind.RN : kind;
        return ShownTable.Form.plain(shown).read("(CONVERT(", collate);
    }

    @Override
    public List<List<String>> unique(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS"
                        + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY'"
                        + " ORDER BY INDEX_NAME, SEQ_IN_INDEX",
                schema(table),
                table.name());
        return session.query(sql, ExistingDialect::columnsOfIndexes);
    }

    /** Returns one more than the highest, or what the server would give next, whichever is more: it gives none without a row. */
    @Override
    public long next(Session session, ExistingTable table, String key) throws SQLException {
        SqlWriter sql = dialect.writer().add("SELECT max(").foreignName(key).add(") FROM ");
        sql.foreignName(schema(table)).add(".").foreignName(table.name());
        long highest = session.query(sql.toSql(), rows -> rows.next() ? rows.getLong(1) : 0);
        Sql counter = Sql.of(
                "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                schema(table),
                table.name());
        long next = session.query(counter, rows -> rows.next() ? rows.getLong(1) : 0);
        return Math.max(highest + 1, next);
    }
}
