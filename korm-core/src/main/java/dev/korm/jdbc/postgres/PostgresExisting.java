package dev.korm.jdbc.postgres;

import dev.korm.jdbc.existing.ExistingDialect;
import dev.korm.jdbc.existing.PhysicalColumn;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.jdbc.sql.text.StatementLimits;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ExistingTable;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tables of PostgreSQL that korm did not make. */
final class PostgresExisting implements ExistingDialect {
    private final String schema;

    private final boolean isFollowed;

    /**
     * @param schema where tables are that name none
     * @param isFollowed whether changes of such tables are told, so that it has to be known whether a row is another than before
     */
    PostgresExisting(String schema, boolean isFollowed) {
        this.schema = schema;
        this.isFollowed = isFollowed;
    }

    @Override
    public ShownTable.Style style() {
        return ShownTable.Style.STANDARD;
    }

    /** Returns the number of the transaction that wrote the row last, which the server keeps in each. */
    @Override
    public String revision(Sort sort) {
        return isFollowed && sort == Sort.TABLE ? "CAST(CAST(xmin AS text) AS bigint)" : ShownTable.NO_REVISION;
    }

    @Override
    public Rule rule(SQLException error) {
        return switch (PostgresErrors.state(error)) {
            case "23503", "23001" -> Rule.FOREIGN_KEY;
            case "23502" -> Rule.NOT_NULL;
            case "23514" -> Rule.CHECK;
            default -> Rule.NONE;
        };
    }

    @Override
    public String schema(ExistingTable table) {
        return table.schema().isEmpty() ? schema : table.schema();
    }

    @Override
    public Optional<Sort> sort(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT c.relkind FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'f', 'v', 'm')",
                schema(table),
                table.name());
        return session.query(sql, rows -> {
            if (!rows.next()) {
                return Optional.empty();
            }
            return Optional.of("rp".contains(rows.getString(1)) ? Sort.TABLE : Sort.VIEW);
        });
    }

    @Override
    public List<PhysicalColumn> columns(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT a.attname, CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, NULL) ELSE format_type(a.atttypid, NULL) END,"
                        + " a.attgenerated <> '' OR a.attidentity = 'a', a.atthasdef OR a.attidentity = 'd', a.attnotnull,"
                        + " coalesce((SELECT CAST(k.place AS integer) FROM pg_catalog.pg_index AS i,"
                        + " unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place)"
                        + " WHERE i.indrelid = c.oid AND i.indisprimary AND k.number = a.attnum AND k.place <= i.indnkeyatts), 0), y.typtype"
                        + " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid"
                        + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'f', 'v', 'm')"
                        + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                schema(table),
                table.name());
        return session.query(sql, rows -> {
            List<PhysicalColumn> columns = new ArrayList<>();
            while (rows.next()) {
                columns.add(PhysicalColumn.of(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getBoolean(3),
                        rows.getBoolean(4),
                        rows.getBoolean(5),
                        rows.getInt(6)));
            }
            return columns;
        });
    }

    @Override
    public ShownTable.Form form(PhysicalColumn column, ExistingTable.Field field) {
        ColumnKind wanted = field.kind();
        boolean plainText = field.type() == String.class;
        ColumnKind text = wanted == ColumnKind.RN && field.target().isEmpty() ? ColumnKind.RN : ColumnKind.TEXT;
        return switch (column.type()) {
            case "text", "character varying", "character" -> ShownTable.Form.plain(text);
            case "smallint", "integer", "bigint" ->
                ShownTable.Form.plain(ColumnKind.INTEGER).bound("CAST(", " AS bigint)");
            case "real" -> ShownTable.Form.plain(ColumnKind.REAL).read("CAST(", " AS double precision)");
            case "double precision" -> ShownTable.Form.plain(ColumnKind.REAL);
            case "numeric" -> ShownTable.Form.plain(ColumnKind.DECIMAL);
            case "boolean" -> ShownTable.Form.plain(ColumnKind.BOOLEAN);
            case "bytea" -> ShownTable.Form.plain(ColumnKind.BYTES);
            case "json", "jsonb" -> ShownTable.Form.plain(ColumnKind.JSON).read("CAST(", " AS jsonb)");
            case "date" ->
                ExistingDialect.dated(column, field, plainText || field.type() == LocalDate.class, LocalDate.class)
                        .read("to_char(", ", 'YYYY-MM-DD')")
                        .bound("CAST(", " AS date)");
            case "timestamp without time zone" ->
                ExistingDialect.dated(
                                column, field, plainText || field.type() == LocalDateTime.class, LocalDateTime.class)
                        .read("(to_char(", ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '000')")
                        .bound("CAST(left(", ", 26) AS timestamp)");
            case "timestamp with time zone" -> {
                boolean instant = field.type() == Instant.class;
                ShownTable.Form form = ExistingDialect.dated(
                                column,
                                field,
                                plainText || instant || field.type() == OffsetDateTime.class,
                                Instant.class)
                        .read("(to_char(", " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '000Z')");
                yield instant
                        ? form.bound("CAST(left(", ", 26) || 'Z' AS timestamptz)")
                        : form.bound("CAST(", " AS timestamptz)");
            }
            case "time without time zone" ->
                ExistingDialect.dated(column, field, plainText || field.type() == LocalTime.class, LocalTime.class)
                        .read("(to_char(", ", 'HH24:MI:SS.US') || '000')")
                        .bound("CAST(left(", ", 15) AS time)");
            // Whatever else has a text: uuid, enum, citext, inet. The server's own spelling of its type.
            default ->
                ShownTable.Form.plain(ColumnKind.TEXT)
                        .read("CAST(", " AS text)")
                        .bound("CAST(", " AS " + column.type() + ")");
        };
    }

    @Override
    public List<List<String>> unique(Session session, ExistingTable table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT CAST(array_agg(CAST(a.attname AS text) ORDER BY k.place) AS text[])"
                        + " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace,"
                        + " unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place)"
                        + " JOIN pg_catalog.pg_attribute AS a ON a.attnum = k.number"
                        + " WHERE a.attrelid = i.indrelid AND n.nspname = ? AND c.relname = ? AND i.indisunique"
                        + " AND NOT i.indisprimary AND i.indexprs IS NULL AND i.indpred IS NULL AND k.place <= i.indnkeyatts"
                        + " GROUP BY i.indexrelid ORDER BY i.indexrelid",
                schema(table),
                table.name());
        return session.query(sql, rows -> {
            List<List<String>> indexes = new ArrayList<>();
            while (rows.next()) {
                indexes.add(List.of((String[]) rows.getArray(1).getArray()));
            }
            return indexes;
        });
    }

    /** Draws from the sequence of the column, so that nobody else gets the number; without one it is one more than the highest. */
    @Override
    public long next(Session session, ExistingTable table, String key) throws SQLException {
        String name = quoted(schema(table)) + "." + quoted(table.name());
        Sql sequence = Sql.of("SELECT pg_get_serial_sequence(?, ?)", name, key);
        Optional<String> drawn = session.query(
                sequence, rows -> rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty());
        if (drawn.isPresent()) {
            return session.query(Sql.of("SELECT nextval(CAST(? AS regclass))", drawn.get()), PostgresExisting::first);
        }
        SqlWriter sql =
                new SqlWriter('"', LIMITS).add("SELECT max(").foreignName(key).add(") FROM ");
        sql.foreignName(schema(table)).add(".").foreignName(table.name());
        return session.query(sql.toSql(), PostgresExisting::first) + 1;
    }

    private static final StatementLimits LIMITS = new StatementLimits("PostgreSQL", 100, 10_000);

    private static long first(java.sql.ResultSet rows) throws SQLException {
        return rows.next() ? rows.getLong(1) : 0;
    }

    private static String quoted(@Nullable String name) {
        return '"' + String.valueOf(name).replace("\"", "\"\"") + '"';
    }
}
