package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.text.RenderException;
import dev.korm.spi.Fence;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/** Types of columns: those that korm makes, and the kinds that it finds. */
final class MySqlColumnTypes {
    /** What MariaDB makes of a column that is declared as JSON; on both, by it texts of JSON are told from others. */
    private static final String JSON_COLLATION = "utf8mb4_bin";

    /** Marks decimal numbers, which are kept as text since no type keeps their scale. */
    private static final String DECIMAL_COLLATION = "ascii_bin";

    /**
     * The time in microseconds: what a row begins with that another program inserts, so that it has no revision that an earlier row
     * of its id had.
     */
    private static final String TIME = "(CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED))";

    /** As many as the original's table takes; what is longer is named by its hash. */
    private static final int LOCK_CHARACTERS = 512;

    private MySqlColumnTypes() {}

    /** Returns the default of the column of revisions. */
    static String revision() {
        return TIME;
    }

    /** Returns a column of the row at hand. MariaDB writes the default null as a word. */
    static ColumnSchema column(String name, ColumnKind kind, ResultSet row) throws SQLException {
        String extra = String.valueOf(row.getString(6)).toUpperCase(Locale.ROOT);
        String value = row.getString(9);
        boolean generated =
                extra.contains("VIRTUAL") || extra.contains("STORED GENERATED") || extra.contains("PERSISTENT");
        boolean filled = extra.contains("AUTO_INCREMENT") || (value != null && !value.equalsIgnoreCase("NULL"));
        return TableSchemas.filled(name, kind, generated, filled, "NO".equals(row.getString(10)));
    }

    /** Returns the kind of a column by its name, or else by its type. */
    static ColumnKind kind(TableName table, String column, String type, String collation) {
        return TableSchemas.kindByName(table, column).orElseGet(() -> kind(type, collation));
    }

    private static ColumnKind kind(String type, String collation) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "mediumtext" -> collation.equals(DECIMAL_COLLATION) ? ColumnKind.DECIMAL : ColumnKind.TEXT;
            case "longtext" -> collation.equals(JSON_COLLATION) ? ColumnKind.JSON : ColumnKind.TEXT;
            case "char", "varchar", "tinytext", "text" -> ColumnKind.TEXT;
            case "tinyint" -> ColumnKind.BOOLEAN;
            case "smallint", "mediumint", "int", "bigint" -> ColumnKind.INTEGER;
            case "float", "double" -> ColumnKind.REAL;
            case "decimal" -> ColumnKind.DECIMAL;
            case "tinyblob", "blob", "mediumblob", "longblob", "binary", "varbinary" -> ColumnKind.BYTES;
            case "json" -> ColumnKind.JSON;
            default -> ColumnKind.OTHER;
        };
    }

    /** Returns the type with which korm makes a column. */
    static String of(TableName table, ColumnSchema column, String collation) {
        String text = " CHARACTER SET utf8mb4 COLLATE " + collation;
        if (column.name().equals(table.key())) {
            return "VARCHAR(" + (table.equals(Fence.TABLE) ? LOCK_CHARACTERS : 255) + ")" + text
                    + " NOT NULL PRIMARY KEY";
        }
        if (column.name().equals(TableName.REVISION)) {
            return "BIGINT NOT NULL DEFAULT " + TIME;
        }
        // MySQL's own JSON keeps no number that is neither a double nor of 64 bits. MariaDB's is a text that is
        // checked, and
        // its check refuses what is deeper than 31 levels.
        String json = "LONGTEXT CHARACTER SET utf8mb4 COLLATE " + JSON_COLLATION;
        return switch (column.kind()) {
            case ID, TEXT -> "LONGTEXT" + text;
            case RN -> "TEXT" + text;
            case FINGERPRINT -> "CHAR(128)" + text;
            case INTEGER -> "BIGINT";
            case REAL -> "DOUBLE";
            case BOOLEAN -> "TINYINT(1)";
            case DECIMAL -> "MEDIUMTEXT CHARACTER SET ascii COLLATE " + DECIMAL_COLLATION;
            case BYTES -> "LONGBLOB";
            case JSON, ENCRYPTED -> json;
            case OTHER -> throw new RenderException("A column that korm makes has a kind");
        };
    }
}
