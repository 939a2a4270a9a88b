package dev.korm.jdbc.session;

import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The original's table of what a database's types cannot say: which texts are references, and which JSON is sealed. */
public final class ColumnKindTable {
    public static final String NAME = "__korm_meta__";

    private static final String REFERENCE = "rn";
    private static final String SEALED = "encrypted";

    private final String sql;

    /** @param sql the table as statements name it */
    public ColumnKindTable(String sql) {
        this.sql = sql;
    }

    /** Returns the table as statements name it. */
    public String sql() {
        return sql;
    }

    /** Returns whether a kind has to be written. */
    public static boolean isKept(ColumnKind kind) {
        return kind == ColumnKind.RN || kind == ColumnKind.ENCRYPTED;
    }

    /** Returns the text that is stored for a kind. */
    public static String written(ColumnKind kind) {
        return kind == ColumnKind.RN ? REFERENCE : SEALED;
    }

    /** Gives columns the kinds that are written for them, where their types agree. */
    public void apply(Session session, TableName table, List<ColumnSchema> columns) throws SQLException {
        Map<String, String> kinds = session.query(
                Sql.of("SELECT column_name, kind FROM " + sql + " WHERE table_name = ?", table.text()), rows -> {
                    Map<String, String> found = new HashMap<>();
                    while (rows.next()) {
                        found.put(rows.getString(1), rows.getString(2));
                    }
                    return found;
                });
        columns.replaceAll(column -> {
            String kind = kinds.getOrDefault(column.name(), "");
            if (kind.equals(REFERENCE) && column.kind() == ColumnKind.TEXT) {
                return column.withKind(ColumnKind.RN);
            }
            return kind.equals(SEALED) && column.kind() == ColumnKind.JSON
                    ? column.withKind(ColumnKind.ENCRYPTED)
                    : column;
        });
    }
}
