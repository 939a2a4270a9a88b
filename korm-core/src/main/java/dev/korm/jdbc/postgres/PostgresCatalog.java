package dev.korm.jdbc.postgres;

import dev.korm.jdbc.existing.ExistingCatalog;
import dev.korm.jdbc.session.ColumnKindTable;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.IndexParts;
import dev.korm.jdbc.sql.TableSchemas;
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
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.IndexSchema.Uniqueness;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's tables in korm's stored format, sections 2 to 4, in one schema.
 *
 * <p>What the catalogue cannot say stands in comments: the whole name of a table whose name was too long, and which place of a
 * JSON value an index holds.
 */
final class PostgresCatalog implements Catalog {
    private static final String REFERENCE_DOMAIN = "korm_rn_ref_text";
    private static final String ENCRYPTED_DOMAIN = "korm_encrypted_json";

    /**
     * The time in microseconds: what a row begins with that another program inserts, so that it has no revision that an earlier row
     * of its id had.
     */
    private static final String TIME = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    /** Columns that were dropped count as well (postgresql.org/docs, appendix K). */
    private static final int COLUMNS = 1600;

    private final PostgresNames names;
    private final PostgresDialect dialect;
    private final ExistingCatalog existing;

    /** Says what domains would, where those could not be made. */
    private final ColumnKindTable kinds;

    PostgresCatalog(PostgresNames names, PostgresDialect dialect, boolean followsExisting) {
        this.names = names;
        this.dialect = dialect;
        this.existing = new ExistingCatalog(new PostgresExisting(names.plainSchema(), followsExisting));
        this.kinds = new ColumnKindTable(names.schema() + ".\"" + ColumnKindTable.NAME + "\"");
    }

    @Override
    public ExistingCatalog existing() {
        return existing;
    }

    /** Returns the tables of items that have a column. */
    List<TableName> items(Session session, String column) throws SQLException {
        Sql sql = Sql.of(
                "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'f', 'v') AND left(c.relname, 9) = '__items__'"
                        + " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid"
                        + " AND a.attname = 'rnId' AND NOT a.attisdropped)"
                        + " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid"
                        + " AND a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped) ORDER BY c.relname COLLATE \"C\"",
                names.plainSchema(),
                column);
        return session.query(sql, rows -> {
            List<TableName> tables = new ArrayList<>();
            while (rows.next()) {
                String name = rows.getString(1);
                String comment = rows.getString(2);
                if (TableName.isItems(name)) {
                    tables.add(new TableName(name, TableName.ID));
                } else if (comment != null && TableName.isItems(comment)) {
                    TableName whole = new TableName(comment, TableName.ID);
                    if (PostgresNames.table(whole).equals(name)) {
                        tables.add(whole);
                    }
                }
            }
            return tables;
        });
    }

    @Override
    public Optional<TableSchema> read(Session session, TableName table) throws SQLException {
        ExistingTable shown = existing.shown().declared(table);
        if (shown != null) {
            return existing.read(session, shown);
        }
        // Columns and indexes in one question, since each is a way to the server and back.
        Sql sql = Sql.of(
                "WITH t AS (SELECT c.oid, c.relkind FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                        + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?"
                        + " AND c.relkind IN ('r', 'p', 'f', 'v'))"
                        + " SELECT 'c', CAST(a.attnum AS integer), a.attname, y.typname, b.typname, NULL, NULL, FALSE,"
                        + " a.attgenerated <> '' OR a.attidentity = 'a',"
                        // A view hands on what its table fills in.
                        + " a.atthasdef OR a.attidentity = 'd' OR y.typdefault IS NOT NULL OR t.relkind = 'v',"
                        + " a.attnotnull OR y.typnotnull"
                        + " FROM t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid"
                        + " JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid"
                        + " LEFT JOIN pg_catalog.pg_type AS b ON b.oid = y.typbasetype"
                        + " WHERE a.attnum > 0 AND NOT a.attisdropped"
                        + " UNION ALL SELECT 'i', CAST(i.indexrelid AS integer), x.relname, NULL, NULL,"
                        + " obj_description(i.indexrelid, 'pg_class'),"
                        + " (SELECT string_agg(coalesce(a.attname, ''), ' ' ORDER BY k.place) FROM"
                        + " unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place)"
                        + " LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number"
                        + " WHERE k.place <= i.indnkeyatts), i.indisunique, FALSE, FALSE, FALSE"
                        + " FROM t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid"
                        + " JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid"
                        + " WHERE NOT i.indisprimary AND i.indisvalid AND i.indpred IS NULL"
                        + " UNION ALL SELECT 'k', 0, '', NULL, NULL, NULL, NULL, FALSE, FALSE, FALSE, FALSE FROM t WHERE EXISTS ("
                        + "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                        + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = '" + ColumnKindTable.NAME
                        + "')"
                        + " ORDER BY 1, 2",
                names.plainSchema(),
                PostgresNames.table(table),
                names.plainSchema());
        List<ColumnSchema> columns = new ArrayList<>();
        List<IndexRow> indexes = new ArrayList<>();
        boolean hasKinds = session.query(sql, rows -> {
            boolean written = false;
            while (rows.next()) {
                String name = rows.getString(3);
                switch (rows.getString(1)) {
                    case "c" ->
                        columns.add(TableSchemas.filled(
                                name,
                                kind(table, name, rows.getString(4), rows.getString(5)),
                                rows.getBoolean(9),
                                rows.getBoolean(10),
                                rows.getBoolean(11)));
                    case "i" ->
                        indexes.add(new IndexRow(name, rows.getString(6), rows.getString(7), rows.getBoolean(8)));
                    default -> written = true;
                }
            }
            return written;
        });
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        if (hasKinds) {
            kinds.apply(session, table, columns);
        }
        TableSchemas.sort(columns, table);
        TableSchema bare = new TableSchema(table, columns, List.of());
        List<IndexSchema> schemas = new ArrayList<>();
        indexes.forEach(index -> index.schema(bare).ifPresent(schemas::add));
        return Optional.of(new TableSchema(table, columns, schemas));
    }

    /** An index as the catalogue has it; columns are separated by spaces, and empty where there is an expression. */
    private record IndexRow(String name, @Nullable String comment, String columns, boolean unique) {
        Optional<IndexSchema> schema(TableSchema table) {
            List<String> parts = comment != null && comment.startsWith(IndexParts.MARK)
                    ? IndexParts.parts(comment.substring(IndexParts.MARK.length()))
                    : List.of(columns.split(" ", -1));
            boolean key = !unique
                    && parts.size() > 1
                    && parts.get(parts.size() - 1).equals(table.table().key());
            parts = key ? parts.subList(0, parts.size() - 1) : parts;
            return IndexParts.parse(table, name, unique ? Uniqueness.UNIQUE : Uniqueness.REPEATABLE, parts);
        }
    }

    private static ColumnKind kind(TableName table, String column, String type, @Nullable String base) {
        return TableSchemas.kindByName(table, column).orElseGet(() -> kind(type, base));
    }

    private static ColumnKind kind(String type, @Nullable String base) {
        return switch (type) {
            case REFERENCE_DOMAIN -> ColumnKind.RN;
            case ENCRYPTED_DOMAIN -> ColumnKind.ENCRYPTED;
            case "text", "varchar", "bpchar" -> ColumnKind.TEXT;
            case "int2", "int4", "int8" -> ColumnKind.INTEGER;
            case "float4", "float8" -> ColumnKind.REAL;
            case "numeric" -> ColumnKind.DECIMAL;
            case "bool" -> ColumnKind.BOOLEAN;
            case "bytea" -> ColumnKind.BYTES;
            case "json", "jsonb" -> ColumnKind.JSON;
            default -> base == null ? ColumnKind.OTHER : kind(base, null);
        };
    }

    @Override
    public List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException {
        Sql sql = Sql.of(
                "SELECT x.relname, (SELECT string_agg(coalesce(a.attname, ''), ' ' ORDER BY k.place) FROM"
                        + " unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place)"
                        + " LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number"
                        + " WHERE k.place <= i.indnkeyatts)"
                        + " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid"
                        + " JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ? AND i.indisunique AND NOT i.indisprimary"
                        + " ORDER BY x.relname COLLATE \"C\"",
                names.plainSchema(),
                PostgresNames.table(table));
        return session.query(sql, rows -> {
            List<UniqueIndex> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new UniqueIndex(
                        rows.getString(1), List.of(rows.getString(2).split(" ", -1))));
            }
            return found;
        });
    }

    @Override
    public Optional<Object> version(Session session, TableName table) {
        return Optional.empty();
    }

    @Override
    public void lock(Session session) throws SQLException {
        session.query(
                Sql.of("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "korm " + names.plainSchema()),
                rows -> rows.next());
    }

    @Override
    public int columnLimit() {
        return COLUMNS;
    }

    @Override
    public void make(Session session, TableSchema table) throws SQLException {
        Domains domains = domains(session, table.columns());
        SqlWriter sql = dialect.writer().add("CREATE TABLE ");
        dialect.table(sql, table.table());
        String separator = " ( ";
        for (ColumnSchema column : table.columns()) {
            sql.add(separator).name(column.name()).add(" ").add(type(table.table(), column, domains));
            separator = ", ";
        }
        addingColumns(session, sql.add(" )").toSql().text(), table.table(), table.columns());
        if (!PostgresNames.table(table.table()).equals(table.table().text())) {
            SqlWriter comment = dialect.writer().add("COMMENT ON TABLE ");
            dialect.table(comment, table.table());
            comment.add(" IS ").add(PostgresDialect.literal(table.table().text()));
            session.execute(comment.toSql().text());
        }
        for (ColumnSchema column : table.columns()) {
            keepKind(session, table.table(), column, domains);
        }
        for (IndexSchema index : table.indexes()) {
            addIndex(session, table, index);
        }
    }

    /** The presence of the domains by which the original recognises references and sealed values. */
    private enum Domains {
        THERE,
        /** Kinds are kept in a table beside. */
        NOT_THERE
    }

    private Domains domains(Session session, List<ColumnSchema> columns) throws SQLException {
        boolean needed = columns.stream().anyMatch(column -> ColumnKindTable.isKept(column.kind()));
        return needed && (!domain(session, REFERENCE_DOMAIN, "TEXT") || !domain(session, ENCRYPTED_DOMAIN, "JSONB"))
                ? Domains.NOT_THERE
                : Domains.THERE;
    }

    private boolean domain(Session session, String name, String type) throws SQLException {
        boolean there = session.query(
                Sql.of(
                        "SELECT 1 FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n"
                                + " ON n.oid = t.typnamespace WHERE n.nspname = ? AND t.typname = ? AND t.typtype = 'd'",
                        names.plainSchema(),
                        name),
                rows -> rows.next());
        if (there) {
            return true;
        }
        session.execute("SAVEPOINT korm_domain");
        try {
            session.execute("CREATE DOMAIN " + names.schema() + "." + name + " AS " + type);
            session.execute("RELEASE SAVEPOINT korm_domain");
            return true;
        } catch (SQLException notAllowed) {
            session.execute("ROLLBACK TO SAVEPOINT korm_domain");
            session.execute("RELEASE SAVEPOINT korm_domain");
            return false;
        }
    }

    private String type(TableName table, ColumnSchema column, Domains domains) {
        if (column.name().equals(table.key())) {
            return "TEXT COLLATE \"C\" PRIMARY KEY";
        }
        if (column.name().equals(TableName.REVISION)) {
            return "BIGINT NOT NULL DEFAULT " + TIME;
        }
        boolean named = domains == Domains.THERE;
        return switch (column.kind()) {
            case ID, TEXT, FINGERPRINT -> "TEXT COLLATE \"C\"";
            case INTEGER -> "BIGINT";
            case REAL -> "DOUBLE PRECISION";
            case BOOLEAN -> "BOOLEAN";
            case DECIMAL -> "NUMERIC";
            case BYTES -> "BYTEA";
            case JSON -> "JSONB";
            case RN -> (named ? names.schema() + "." + REFERENCE_DOMAIN : "TEXT") + " COLLATE \"C\"";
            case ENCRYPTED -> named ? names.schema() + "." + ENCRYPTED_DOMAIN : "JSONB";
            case OTHER -> throw new RenderException("A column that korm makes has a kind");
        };
    }

    private void keepKind(Session session, TableName table, ColumnSchema column, Domains domains) throws SQLException {
        if (domains == Domains.THERE || !ColumnKindTable.isKept(column.kind())) {
            return;
        }
        session.execute(
                "CREATE TABLE IF NOT EXISTS " + kinds.sql() + " (table_name TEXT NOT NULL, column_name TEXT NOT NULL,"
                        + " kind TEXT NOT NULL, PRIMARY KEY (table_name, column_name))");
        session.update(Sql.of(
                "INSERT INTO " + kinds.sql() + " (table_name, column_name, kind) VALUES (?, ?, ?)"
                        + " ON CONFLICT (table_name, column_name) DO UPDATE SET kind = excluded.kind",
                table.text(),
                column.name(),
                ColumnKindTable.written(column.kind())));
    }

    /** Gives a table its revision column; rows that are there have revision 0, and are not written for it. */
    private void addRevision(Session session, TableSchema actual) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, actual.table());
        if (actual.has(TableName.FORMER_REVISION)) {
            sql.add(" RENAME COLUMN ")
                    .name(TableName.FORMER_REVISION)
                    .add(" TO ")
                    .name(TableName.REVISION);
        } else {
            sql.add(" ADD COLUMN IF NOT EXISTS ").name(TableName.REVISION).add(" BIGINT NOT NULL DEFAULT 0");
        }
        session.execute(sql.toSql().text());
        SqlWriter from = dialect.writer().add("ALTER TABLE ");
        dialect.table(from, actual.table());
        from.add(" ALTER COLUMN ").name(TableName.REVISION).add(" SET DEFAULT " + TIME);
        session.execute(from.toSql().text());
    }

    private void addColumn(Session session, TableName table, ColumnSchema column, Domains domains) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, table);
        sql.add(" ADD COLUMN IF NOT EXISTS ").name(column.name()).add(" ").add(type(table, column, domains));
        addingColumns(session, sql.toSql().text(), table, List.of(column));
        keepKind(session, table, column, domains);
    }

    /** Runs a statement that can meet a column only where it is the system's: of others there is no second one. */
    private static void addingColumns(Session session, String text, TableName table, List<ColumnSchema> columns)
            throws SQLException {
        try {
            session.execute(text);
        } catch (SQLException e) {
            if (PostgresErrors.state(e).equals(PostgresErrors.COLUMN_THERE)) {
                throw TableSchemas.reserved(table, columns, e);
            }
            throw e;
        }
    }

    private void dropColumn(Session session, TableName table, String column) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, table);
        session.execute(sql.add(" DROP COLUMN ").name(column).toSql().text());
    }

    private void addIndex(Session session, TableSchema schema, IndexSchema index) throws SQLException {
        TableName table = schema.table();
        SqlWriter sql = beginning(table, index.name(), index.uniqueness());
        for (int i = 0; i < index.parts().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            dialect.indexed(sql, index.parts().get(i));
        }
        if (TableSchemas.endsWithKey(table, index)) {
            sql.add(", ");
            sql.name(table.key()).add(PostgresDialect.C);
        }
        try {
            session.execute(sql.add(")").toSql().text());
        } catch (SQLException e) {
            boolean equalValues = PostgresErrors.state(e).equals(PostgresErrors.UNIQUE)
                    && PostgresErrors.constraint(e).equals(Optional.of(index.name()));
            if (equalValues) {
                throw TableSchemas.duplicate(schema, index);
            }
            throw e;
        }
        Optional<String> parts = IndexParts.print(index);
        if (parts.isPresent()) {
            session.execute("COMMENT ON INDEX " + names.schema() + ".\"" + index.name() + "\" IS "
                    + PostgresDialect.literal(IndexParts.MARK + parts.get()));
        }
        requireFingerprint(session, schema, index);
        Optional<Operand.Column> references = TableSchemas.references(index);
        if (references.isPresent()) {
            SqlWriter second = beginning(table, PostgresNames.referenceIndex(index.name()), Uniqueness.REPEATABLE);
            dialect.indexedId(second, references.get());
            session.execute(second.add(")").toSql().text());
        }
    }

    /**
     * Has the database refuse a value whose fingerprint is not written along, as by a program that does not know yet that its
     * field has become unique. Rows that already are so stay.
     */
    private void requireFingerprint(Session session, TableSchema schema, IndexSchema index) throws SQLException {
        String hidden = TableSchemas.column(index.parts().get(0));
        List<String> columns = schema.columns().stream().map(ColumnSchema::name).toList();
        FingerprintKey key = FingerprintKey.read(hidden, columns).orElse(null);
        if (key == null) {
            return;
        }
        String name = PostgresNames.fingerprintCheck(index.name());
        SqlWriter drop = dialect.writer().add("ALTER TABLE ");
        dialect.table(drop, schema.table());
        session.execute(
                drop.add(" DROP CONSTRAINT IF EXISTS ").name(name).toSql().text());
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, schema.table());
        sql.add(" ADD CONSTRAINT ").name(name).add(" CHECK (");
        key.columns().forEach(column -> sql.name(column).add(" IS NULL OR "));
        session.execute(sql.name(hidden).add(" IS NOT NULL) NOT VALID").toSql().text());
    }

    private SqlWriter beginning(TableName table, String name, Uniqueness uniqueness) {
        SqlWriter sql = dialect.writer()
                .add(uniqueness == Uniqueness.UNIQUE ? "CREATE UNIQUE INDEX " : "CREATE INDEX ")
                .name(name)
                .add(" ON ");
        dialect.table(sql, table);
        return sql.add(" (");
    }

    @Override
    public PostgresDialect dialect() {
        return dialect;
    }

    @Override
    public void keepOut(Session session, TableName table) throws SQLException {
        SqlWriter sql = dialect.writer().add("LOCK TABLE ");
        dialect.table(sql, table);
        session.execute(sql.add(" IN ACCESS EXCLUSIVE MODE").toSql().text());
    }

    @Override
    public void exchange(Session session, TableSchema actual, TableSchemas.Lacking going, ColumnExchange exchange)
            throws SQLException {
        alter(session, actual, going);
        session.execute(ExchangeSql.rename(dialect, exchange).text());
    }

    @Override
    public void alter(Session session, TableSchema actual, TableSchemas.Lacking lacking) throws SQLException {
        TableName table = actual.table();
        Domains domains = domains(session, lacking.columns());
        // The indexes of a column go with it.
        for (String column : lacking.staleColumns()) {
            dropColumn(session, table, column);
        }
        for (ColumnSchema column : lacking.columns()) {
            if (column.name().equals(TableName.REVISION)) {
                addRevision(session, actual);
            } else {
                addColumn(session, table, column, domains);
            }
        }
        if (!lacking.indexes().isEmpty()) {
            TableSchema now = read(session, table).orElse(actual);
            for (IndexSchema index : lacking.indexes()) {
                addIndex(session, now, index);
            }
        }
    }
}
