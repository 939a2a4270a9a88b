package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.existing.ExistingCatalog;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.text.JsonPathText;
import dev.korm.jdbc.sql.text.RenderException;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.jdbc.write.Catalog;
import dev.korm.jdbc.write.ExchangeSql;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.IndexSchema.Uniqueness;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SQLite's tables in korm's stored format, sections 3.1, 3.4 and 4. */
final class SqliteCatalog implements Catalog {
    private static final String REFERENCE_INDEX = "__id";
    private static final Pattern INDEXED_COLUMN = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern INDEXED_JSON = Pattern.compile(
            "CASE WHEN json_type\\(CASE WHEN json_valid\\(\"([^\"]+)\"\\) THEN \"[^\"]+\" END, '((?:[^']|'')*)'\\)"
                    + "( [=<>IN]+ (?:\\([^)]*\\)|'[a-z]+'))");

    /**
     * The time in microseconds, to the millisecond: what a row begins with that another program inserts, so that it has no revision
     * that an earlier row of its id had. The last three digits are chance.
     */
    private static final String TIME =
            "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000 + abs(random() % 1000)";

    /** As SQLite is compiled in its driver (sqlite.org/limits.html). */
    private static final int COLUMNS = 2000;

    private static final Sql SCHEMA_VERSION = Sql.of("PRAGMA schema_version");

    private final SqliteDialect dialect = SqliteDialect.INSTANCE;
    private final ExistingCatalog existing = new ExistingCatalog(new SqliteExisting());

    @Override
    public ExistingCatalog existing() {
        return existing;
    }

    List<TableName> items(Session session) throws SQLException {
        Sql sql = Sql.of("SELECT m.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
                + " WHERE m.type = 'table' AND c.name = 'rnId' AND c.pk = 1 ORDER BY m.name");
        return session.query(sql, rows -> {
            List<TableName> tables = new ArrayList<>();
            while (rows.next()) {
                String name = rows.getString(1);
                if (TableName.isItems(name)) {
                    tables.add(new TableName(name, TableName.ID));
                }
            }
            return tables;
        });
    }

    @Override
    public Optional<Object> version(Session session, TableName table) throws SQLException {
        return Optional.of(schemaVersion(session));
    }

    static long schemaVersion(Session session) throws SQLException {
        return session.query(SCHEMA_VERSION, rows -> rows.getLong(1));
    }

    @Override
    public Optional<TableSchema> read(Session session, TableName table) throws SQLException {
        ExistingTable shown = existing.shown().declared(table);
        if (shown != null) {
            return existing.read(session, shown);
        }
        Sql sql = Sql.of(
                "SELECT name, type, hidden, dflt_value, \"notnull\" FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid",
                table.text());
        List<ColumnSchema> columns = session.query(sql, rows -> {
            List<ColumnSchema> found = new ArrayList<>();
            while (rows.next()) {
                String name = rows.getString(1);
                String value = rows.getString(4);
                boolean filled = value != null && !value.equalsIgnoreCase("NULL");
                found.add(TableSchemas.filled(
                        name, kind(table, name, rows.getString(2)), rows.getInt(3) != 0, filled, rows.getInt(5) != 0));
            }
            return found;
        });
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        TableSchemas.sort(columns, table);
        return Optional.of(new TableSchema(table, columns, indexes(session, table, columns)));
    }

    private static ColumnKind kind(TableName table, String column, String declared) {
        return TableSchemas.kindByName(table, column).orElseGet(() -> kind(declared));
    }

    static ColumnKind kind(String declared) {
        String type = declared.toUpperCase(Locale.ROOT);
        return switch (type) {
            case "RN_REF_TEXT" -> ColumnKind.RN;
            case "ENCRYPTED_JSON" -> ColumnKind.ENCRYPTED;
            case "JSON_TEXT", "JSON" -> ColumnKind.JSON;
            case "DECIMAL_TEXT" -> ColumnKind.DECIMAL;
            case "BOOLEAN" -> ColumnKind.BOOLEAN;
            default -> affinity(type);
        };
    }

    /** Applies SQLite's rules, in its order (sqlite.org/datatype3.html, 3.1). */
    private static ColumnKind affinity(String type) {
        if (type.contains("INT")) {
            return ColumnKind.INTEGER;
        }
        if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
            return ColumnKind.TEXT;
        }
        if (type.contains("BLOB")) {
            return ColumnKind.BYTES;
        }
        if (type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")) {
            return ColumnKind.REAL;
        }
        return ColumnKind.OTHER;
    }

    /**
     * Returns the indexes that are as korm would write them; others, and those that serve joins only, are not korm's to
     * name.
     */
    private List<IndexSchema> indexes(Session session, TableName table, List<ColumnSchema> columns)
            throws SQLException {
        Sql sql = Sql.of(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
                        + " ORDER BY rowid",
                table.text());
        return session.query(sql, rows -> {
            List<IndexSchema> found = new ArrayList<>();
            while (rows.next()) {
                parse(new TableSchema(table, columns, List.of()), rows.getString(1), rows.getString(2))
                        .ifPresent(found::add);
            }
            return found;
        });
    }

    private Optional<IndexSchema> parse(TableSchema table, String name, String sql) {
        Uniqueness uniqueness = sql.startsWith("CREATE UNIQUE") ? Uniqueness.UNIQUE : Uniqueness.REPEATABLE;
        if (!SqlWriter.isName(name)) {
            return Optional.empty();
        }
        String beginning = beginning(table.table(), name, uniqueness);
        if (!sql.startsWith(beginning)) {
            return Optional.empty();
        }
        List<Operand> parts = new ArrayList<>();
        int position = beginning.length();
        while (position < sql.length()) {
            Optional<Operand> part = part(table, sql, position);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            if (position > beginning.length()
                    && TableSchemas.column(part.get()).equals(table.table().key())) {
                break;
            }
            parts.add(part.get());
            position += indexed(part.get()).length() + ", ".length();
        }
        IndexSchema index = new IndexSchema(name, uniqueness, parts);
        return createIndex(table.table(), index).equals(sql)
                        || createIndex(table.table(), index, false).equals(sql)
                ? Optional.of(index)
                : Optional.empty();
    }

    private static Optional<Operand> part(TableSchema table, String sql, int position) {
        Matcher json = INDEXED_JSON.matcher(sql).region(position, sql.length());
        if (json.lookingAt()) {
            Operand document = new Operand.Column(0, json.group(1), ColumnKind.JSON);
            ColumnKind kind = guarded(json.group(3));
            return JsonPathText.parse(json.group(2).replace("''", "'"))
                    .map(path -> new Operand.Json(document, path, kind));
        }
        Matcher column = INDEXED_COLUMN.matcher(sql).region(position, sql.length());
        return column.lookingAt()
                ? table.column(column.group(1)).map(schema -> new Operand.Column(0, schema.name(), schema.kind()))
                : Optional.empty();
    }

    private static ColumnKind guarded(String guard) {
        if (guard.contains("'integer'")) {
            return ColumnKind.INTEGER;
        }
        return guard.contains("'true'") ? ColumnKind.BOOLEAN : ColumnKind.TEXT;
    }

    @Override
    public List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT l.name, i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i"
                        + " WHERE l.\"unique\" AND l.origin <> 'pk' ORDER BY l.name, i.seqno",
                table.text());
        return session.query(sql, rows -> {
            Map<String, List<String>> columns = new LinkedHashMap<>();
            while (rows.next()) {
                String column = rows.getString(2);
                // Null stands for an expression.
                columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(column == null ? "" : column);
            }
            List<UniqueIndex> found = new ArrayList<>();
            columns.forEach((name, parts) -> found.add(new UniqueIndex(name, parts)));
            return found;
        });
    }

    /** Does nothing: the transaction holds the write lock already. */
    @Override
    public void lock(Session session) {}

    @Override
    public int columnLimit() {
        return COLUMNS;
    }

    @Override
    public void make(Session session, TableSchema table) throws SQLException {
        SqlWriter sql = dialect.writer().add("CREATE TABLE ").name(table.table().text());
        String separator = " ( ";
        for (ColumnSchema column : table.columns()) {
            sql.add(separator).name(column.name()).add(" ").add(type(table.table(), column));
            if (column.kind() == ColumnKind.BOOLEAN) {
                sql.add(" CHECK( ").name(column.name()).add(" IN (0, 1) )");
            }
            separator = ", ";
        }
        session.execute(sql.add(" )").toSql().text());
        for (IndexSchema index : table.indexes()) {
            addIndex(session, table, index);
        }
    }

    private static String type(TableName table, ColumnSchema column) {
        if (column.name().equals(table.key())) {
            return table.isItems() ? "ID_TEXT PRIMARY KEY" : "TEXT PRIMARY KEY";
        }
        if (column.name().equals(TableName.REVISION)) {
            return "INTEGER NOT NULL DEFAULT (" + TIME + ")";
        }
        return switch (column.kind()) {
            case ID, TEXT, FINGERPRINT -> "TEXT";
            case INTEGER -> "INTEGER";
            case REAL -> "REAL";
            case BOOLEAN -> "BOOLEAN";
            case DECIMAL -> "DECIMAL_TEXT";
            case BYTES -> "BLOB";
            // The original declares the JSON of its own tables, such as __korm_pool__, as plain text.
            case JSON -> table.isItems() ? "JSON_TEXT" : "TEXT";
            case RN -> "RN_REF_TEXT";
            case ENCRYPTED -> "ENCRYPTED_JSON";
            case OTHER -> throw new RenderException("A column that korm makes has a kind");
        };
    }

    /**
     * Gives a table its revision column; rows that are there have revision 0. A column that is added cannot begin with the time, so a
     * trigger sees to rows that other programs insert.
     */
    private void addRevision(Session session, TableSchema actual) throws SQLException {
        TableName table = actual.table();
        SqlWriter sql = dialect.writer().add("ALTER TABLE ").name(table.text());
        if (actual.has(TableName.FORMER_REVISION)) {
            sql.add(" RENAME COLUMN ")
                    .name(TableName.FORMER_REVISION)
                    .add(" TO ")
                    .name(TableName.REVISION);
        } else {
            sql.add(" ADD COLUMN ").name(TableName.REVISION).add(" INTEGER NOT NULL DEFAULT 0");
        }
        session.execute(sql.toSql().text());
        SqlWriter trigger = dialect.writer().add("CREATE TRIGGER IF NOT EXISTS ");
        trigger.name(TableName.FORMER_REVISION + table.text()).add(" AFTER INSERT ON ");
        trigger.name(table.text()).add(" WHEN NEW.").name(TableName.REVISION).add(" = 0 BEGIN UPDATE ");
        trigger.name(table.text()).add(" SET ").name(TableName.REVISION).add(" = " + TIME + " WHERE ");
        trigger.name(table.key()).add(" = NEW.").name(table.key()).add("; END");
        session.execute(trigger.toSql().text());
    }

    private void addColumn(Session session, TableName table, ColumnSchema column) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ").name(table.text()).add(" ADD COLUMN ");
        session.execute(sql.name(column.name())
                .add(" ")
                .add(type(table, column))
                .toSql()
                .text());
    }

    private void dropColumn(Session session, TableName table, String column) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ").name(table.text()).add(" DROP COLUMN ");
        session.execute(sql.name(column).toSql().text());
    }

    private void dropIndex(Session session, String name) throws SQLException {
        session.execute(
                dialect.writer().add("DROP INDEX IF EXISTS ").name(name).toSql().text());
    }

    private void addIndex(Session session, TableSchema schema, IndexSchema index) throws SQLException {
        TableName table = schema.table();
        try {
            session.execute(createIndex(table, index));
        } catch (SQLException e) {
            if (dialect.violation(e) != Dialect.Violation.NONE) {
                throw TableSchemas.duplicate(schema, index);
            }
            throw e;
        }
        Operand first = index.parts().get(0);
        if (index.uniqueness() == Uniqueness.REPEATABLE && first.kind() == ColumnKind.RN) {
            SqlWriter sql =
                    dialect.writer().add(beginning(table, index.name() + REFERENCE_INDEX, Uniqueness.REPEATABLE));
            dialect.indexedId(sql, first);
            session.execute(sql.add(")").toSql().text());
        }
    }

    @Override
    public SqliteDialect dialect() {
        return dialect;
    }

    /** Does nothing: the transaction keeps all other writers out. */
    @Override
    public void keepOut(Session session, TableName table) {}

    @Override
    public void exchange(Session session, TableSchema actual, TableSchemas.Lacking going, ColumnExchange exchange)
            throws SQLException {
        alter(session, actual, going);
        session.execute(ExchangeSql.rename(dialect, exchange).text());
    }

    @Override
    public void alter(Session session, TableSchema actual, TableSchemas.Lacking lacking) throws SQLException {
        TableName table = actual.table();
        for (IndexSchema index : lacking.staleIndexes()) {
            dropIndex(session, index.name());
            dropIndex(session, index.name() + REFERENCE_INDEX);
        }
        for (String column : lacking.staleColumns()) {
            dropColumn(session, table, column);
        }
        for (ColumnSchema column : lacking.columns()) {
            if (column.name().equals(TableName.REVISION)) {
                addRevision(session, actual);
            } else {
                addColumn(session, table, column);
            }
        }
        for (IndexSchema index : lacking.indexes()) {
            addIndex(session, actual, index);
        }
    }

    private String indexed(Operand part) {
        SqlWriter sql = dialect.writer();
        dialect.indexed(sql, part);
        return sql.toSql().text();
    }

    private String beginning(TableName table, String name, Uniqueness uniqueness) {
        return dialect.writer()
                .add(uniqueness == Uniqueness.UNIQUE ? "CREATE UNIQUE INDEX " : "CREATE INDEX ")
                .name(name)
                .add(" ON ")
                .name(table.text())
                .add(" (")
                .toSql()
                .text();
    }

    private String createIndex(TableName table, IndexSchema index) {
        return createIndex(table, index, TableSchemas.endsWithKey(table, index));
    }

    private String createIndex(TableName table, IndexSchema index, boolean endsWithKey) {
        SqlWriter sql = dialect.writer().add(beginning(table, index.name(), index.uniqueness()));
        for (int i = 0; i < index.parts().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            dialect.indexed(sql, index.parts().get(i));
        }
        if (endsWithKey) {
            sql.add(", ").name(table.key());
        }
        return sql.add(")").toSql().text();
    }
}
