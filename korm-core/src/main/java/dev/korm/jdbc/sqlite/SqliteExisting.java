package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.existing.ExistingDialect;
import dev.korm.jdbc.existing.PhysicalColumn;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ExistingTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tables of SQLite that korm did not make. */
final class SqliteExisting implements ExistingDialect {
    @Override
    public ShownTable.Style style() {
        return ShownTable.Style.STANDARD;
    }

    @Override
    public Rule rule(SQLException error) {
        return switch (SqliteErrors.code(error)) {
            case 787 -> Rule.FOREIGN_KEY;
            case 1299 -> Rule.NOT_NULL;
            case 275 -> Rule.CHECK;
            default -> Rule.NONE;
        };
    }

    @Override
    public String schema(ExistingTable table) {
        return table.schema().isEmpty() ? "main" : table.schema();
    }

    @Override
    public Optional<Sort> sort(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT type FROM pragma_table_list(?) WHERE schema = ? COLLATE NOCASE", table.name(), schema(table));
        return session.query(sql, rows -> {
            if (!rows.next()) {
                return Optional.empty();
            }
            return Optional.of(rows.getString(1).equals("view") ? Sort.VIEW : Sort.TABLE);
        });
    }

    @Override
    public List<PhysicalColumn> columns(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT name, type, hidden, dflt_value, \"notnull\", pk FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1 ORDER BY cid",
                table.name(),
                schema(table));
        return session.query(sql, rows -> {
            List<PhysicalColumn> columns = new ArrayList<>();
            while (rows.next()) {
                String value = rows.getString(4);
                boolean filled = value != null && !value.equalsIgnoreCase("NULL");
                columns.add(PhysicalColumn.of(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getInt(3) != 0,
                        filled,
                        rows.getInt(5) != 0,
                        rows.getInt(6)));
            }
            return columns;
        });
    }

    @Override
    public ShownTable.Form form(PhysicalColumn column, ExistingTable.Field field) {
        ColumnKind kind = SqliteCatalog.kind(column.type());
        ColumnKind wanted = field.kind();
        if (wanted == ColumnKind.BOOLEAN && kind == ColumnKind.INTEGER) {
            return ShownTable.Form.plain(ColumnKind.BOOLEAN);
        }
        boolean text = wanted == ColumnKind.TEXT || wanted == ColumnKind.JSON || wanted == ColumnKind.RN;
        if (kind == ColumnKind.TEXT && text) {
            // Its own collation may take different texts for one.
            ShownTable.Form form = ShownTable.Form.plain(field.target().isPresent() ? ColumnKind.TEXT : wanted);
            return wanted == ColumnKind.TEXT ? form.read("(", " COLLATE BINARY)") : form;
        }
        if (kind == ColumnKind.OTHER && (text || wanted == ColumnKind.DECIMAL)) {
            return ShownTable.Form.plain(wanted).read("CAST(", " AS TEXT)");
        }
        return ShownTable.Form.plain(kind == ColumnKind.OTHER && field.target().isEmpty() ? wanted : kind);
    }

    @Override
    public List<List<String>> unique(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT l.name, i.name FROM pragma_index_list(?, ?) AS l, pragma_index_info(l.name, ?) AS i"
                        + " WHERE l.\"unique\" AND l.origin <> 'pk' ORDER BY l.name, i.seqno",
                table.name(),
                schema(table),
                schema(table));
        return session.query(sql, ExistingDialect::columnsOfIndexes);
    }

    @Override
    public long next(Session session, ExistingTable table, String key) throws SQLException {
        SqlWriter sql = SqliteDialect.INSTANCE.writer().add("SELECT max(");
        sql.foreignName(key).add(") FROM ");
        sql.foreignName(schema(table)).add(".").foreignName(table.name());
        long highest = session.query(sql.toSql(), rows -> rows.next() ? rows.getLong(1) : 0);
        boolean counted = session.query(
                Sql.of("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"), rows -> rows.next());
        if (!counted) {
            return highest + 1;
        }
        long last = session.query(
                Sql.of("SELECT seq FROM sqlite_sequence WHERE name = ?", table.name()),
                rows -> rows.next() ? rows.getLong(1) : 0);
        return Math.max(highest, last) + 1;
    }
}
