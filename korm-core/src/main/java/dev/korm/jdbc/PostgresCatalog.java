package dev.korm.jdbc;

import dev.korm.DuplicateException;
import dev.korm.SchemaException;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.IndexShape;
import dev.korm.spi.IndexShape.Uniqueness;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    private static final String KINDS = "__korm_meta__";
    private static final String OWN = "korm: ";
    private static final String PART = "\n";

    private final PostgresNames names;
    private final PostgresDialect dialect;

    PostgresCatalog(PostgresNames names, PostgresDialect dialect) {
        this.names = names;
        this.dialect = dialect;
    }

    /** The tables of items that have a column. */
    List<TableName> items(Session session, String column) throws SQLException {
        Sql sql = sql(
                "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c"
                        + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'f', 'v') AND left(c.relname, 9) = '__items__'"
                        + " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid"
                        + " AND a.attname = 'rnId' AND NOT a.attisdropped)"
                        + " AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid"
                        + " AND a.attname = ? AND NOT a.attisdropped) ORDER BY c.relname COLLATE \"C\"",
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

    private static Sql sql(String text, Object... values) {
        List<Slot> slots = new ArrayList<>();
        for (Object value : values) {
            slots.add(Slot.fixed(value));
        }
        return new Sql(text, slots);
    }

    @Override
    public Optional<TableShape> read(Session session, TableName table) throws SQLException {
        // Columns and indexes in one question, since each is a way to the server and back.
        Sql sql = sql(
                "WITH t AS (SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                        + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?"
                        + " AND c.relkind IN ('r', 'p', 'f', 'v'))"
                        + " SELECT 'c', CAST(a.attnum AS integer), a.attname, y.typname, b.typname, NULL, NULL, FALSE"
                        + " FROM t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid"
                        + " JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid"
                        + " LEFT JOIN pg_catalog.pg_type AS b ON b.oid = y.typbasetype"
                        + " WHERE a.attnum > 0 AND NOT a.attisdropped"
                        + " UNION ALL SELECT 'i', CAST(i.indexrelid AS integer), x.relname, NULL, NULL,"
                        + " obj_description(i.indexrelid, 'pg_class'),"
                        + " (SELECT string_agg(coalesce(a.attname, ''), ' ' ORDER BY k.place) FROM"
                        + " unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k(number, place)"
                        + " LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number"
                        + " WHERE k.place <= i.indnkeyatts), i.indisunique"
                        + " FROM t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid"
                        + " JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid"
                        + " WHERE NOT i.indisprimary AND i.indisvalid AND i.indpred IS NULL"
                        + " UNION ALL SELECT 'k', 0, '', NULL, NULL, NULL, NULL, FALSE FROM t WHERE EXISTS ("
                        + "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                        + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = '" + KINDS + "')"
                        + " ORDER BY 1, 2",
                names.plainSchema(),
                PostgresNames.table(table),
                names.plainSchema());
        List<ColumnShape> columns = new ArrayList<>();
        List<IndexRow> indexes = new ArrayList<>();
        boolean keptKinds = session.query(sql, rows -> {
            boolean kinds = false;
            while (rows.next()) {
                String name = rows.getString(3);
                switch (rows.getString(1)) {
                    case "c" ->
                        columns.add(new ColumnShape(name, kind(table, name, rows.getString(4), rows.getString(5))));
                    case "i" ->
                        indexes.add(new IndexRow(name, rows.getString(6), rows.getString(7), rows.getBoolean(8)));
                    default -> kinds = true;
                }
            }
            return kinds;
        });
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        if (keptKinds) {
            applyKinds(session, table, columns);
        }
        // The key first, whatever order another program gave them.
        columns.sort(
                (a, b) -> Boolean.compare(b.name().equals(table.key()), a.name().equals(table.key())));
        TableShape bare = new TableShape(table, columns, List.of());
        List<IndexShape> shapes = new ArrayList<>();
        indexes.forEach(index -> shape(bare, index).ifPresent(shapes::add));
        return Optional.of(new TableShape(table, columns, shapes));
    }

    /** An index as the catalogue has it; columns are separated by spaces, and empty where there is an expression. */
    private record IndexRow(String name, @Nullable String comment, String columns, boolean unique) {
        List<String> parts() {
            return List.of(columns.split(" ", -1));
        }
    }

    private static ColumnKind kind(TableName table, String column, String type, @Nullable String base) {
        if (column.equals(table.key())) {
            return ColumnKind.ID;
        }
        if (column.startsWith(ColumnShape.UNIQUE_PREFIX)) {
            return ColumnKind.FINGERPRINT;
        }
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
            default -> base == null ? ColumnKind.OTHER : kind(table, column, base, null);
        };
    }

    /** Kinds that were written beside the table because the domains could not be made. */
    private void applyKinds(Session session, TableName table, List<ColumnShape> columns) throws SQLException {
        Map<String, String> kinds = session.query(
                sql(
                        "SELECT column_name, kind FROM " + names.schema() + ".\"" + KINDS + "\" WHERE table_name = ?",
                        table.text()),
                rows -> {
                    Map<String, String> found = new HashMap<>();
                    while (rows.next()) {
                        found.put(rows.getString(1), rows.getString(2));
                    }
                    return found;
                });
        columns.replaceAll(column -> {
            String kind = kinds.getOrDefault(column.name(), "");
            if (kind.equals("rn") && column.kind() == ColumnKind.TEXT) {
                return new ColumnShape(column.name(), ColumnKind.RN);
            }
            return kind.equals("encrypted") && column.kind() == ColumnKind.JSON
                    ? new ColumnShape(column.name(), ColumnKind.ENCRYPTED)
                    : column;
        });
    }

    /** The indexes that are as korm would make them; others, and those that serve joins only, are not korm's to name. */
    private static Optional<IndexShape> shape(TableShape table, IndexRow index) {
        if (!SqlWriter.isName(index.name())) {
            return Optional.empty();
        }
        Uniqueness uniqueness = index.unique() ? Uniqueness.UNIQUE : Uniqueness.REPEATABLE;
        List<Operand> parts = new ArrayList<>();
        List<String> texts = index.comment() != null && index.comment().startsWith(OWN)
                ? List.of(index.comment().substring(OWN.length()).split(PART, -1))
                : index.parts();
        for (String text : texts) {
            Optional<Operand> part = part(table, text);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
        }
        return Optional.of(new IndexShape(index.name(), uniqueness, parts));
    }

    private static Optional<Operand> part(TableShape table, String text) {
        String[] words = text.split(" ", 3);
        if (words.length < 3) {
            return table.column(text).map(shape -> new Operand.Column(0, shape.name(), shape.kind()));
        }
        return JsonPathText.parse(unescaped(words[2]))
                .map(path -> new Operand.Json(
                        new Operand.Column(0, words[1], ColumnKind.JSON), path, ColumnKind.valueOf(words[0])));
    }

    /** The index's parts for its comment, when the catalogue could not tell them. */
    private static Optional<String> comment(IndexShape index) {
        List<String> parts = new ArrayList<>();
        boolean json = false;
        for (Operand part : index.parts()) {
            if (part instanceof Operand.Json inside && inside.document() instanceof Operand.Column column) {
                json = true;
                parts.add(PostgresDialect.indexKind(inside.kind()) + " " + column.name() + " "
                        + escaped(JsonPathText.print(inside.path())));
            } else if (part instanceof Operand.Column column) {
                parts.add(column.name());
            }
        }
        return json ? Optional.of(OWN + String.join(PART, parts)) : Optional.empty();
    }

    private static String escaped(String path) {
        return path.replace("%", "%25").replace("\n", "%0A");
    }

    private static String unescaped(String path) {
        return path.replace("%0A", "\n").replace("%25", "%");
    }

    @Override
    public List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException {
        Sql sql = sql(
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
    public OptionalLong version(Session session) {
        return OptionalLong.empty();
    }

    /** Keeps others of korm from changing this schema until the transaction ends. */
    private void lock(Session session) throws SQLException {
        session.query(
                sql("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "korm " + names.plainSchema()),
                rows -> rows.next());
    }

    @Override
    public void create(Session session, TableShape table) throws SQLException {
        lock(session);
        if (read(session, table.table()).isEmpty()) {
            make(session, table);
        }
    }

    private void make(Session session, TableShape table) throws SQLException {
        Domains domains = domains(session, table.columns());
        SqlWriter sql = dialect.writer().add("CREATE TABLE ");
        dialect.table(sql, table.table());
        String separator = " ( ";
        for (ColumnShape column : table.columns()) {
            sql.add(separator).name(column.name()).add(" ").add(type(table.table(), column, domains));
            separator = ", ";
        }
        session.execute(sql.add(" )").toSql().text());
        if (!PostgresNames.table(table.table()).equals(table.table().text())) {
            SqlWriter comment = dialect.writer().add("COMMENT ON TABLE ");
            dialect.table(comment, table.table());
            comment.add(" IS ").add(PostgresDialect.literal(table.table().text()));
            session.execute(comment.toSql().text());
        }
        for (ColumnShape column : table.columns()) {
            keepKind(session, table.table(), column, domains);
        }
        for (IndexShape index : table.indexes()) {
            addIndex(session, table, index);
        }
    }

    /** Whether the domains by which the original knows references and sealed values are there. */
    private enum Domains {
        THERE,
        /** Kinds are kept in a table beside. */
        NOT_THERE
    }

    private Domains domains(Session session, List<ColumnShape> columns) throws SQLException {
        boolean needed = columns.stream()
                .anyMatch(column -> column.kind() == ColumnKind.RN || column.kind() == ColumnKind.ENCRYPTED);
        return needed && (!domain(session, REFERENCE_DOMAIN, "TEXT") || !domain(session, ENCRYPTED_DOMAIN, "JSONB"))
                ? Domains.NOT_THERE
                : Domains.THERE;
    }

    private boolean domain(Session session, String name, String type) throws SQLException {
        boolean there = session.query(
                sql(
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

    private String type(TableName table, ColumnShape column, Domains domains) {
        if (column.name().equals(table.key())) {
            return "TEXT COLLATE \"C\" PRIMARY KEY";
        }
        if (column.name().equals(TableName.REVISION)) {
            return "BIGINT NOT NULL DEFAULT 0";
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
            case OTHER -> throw new IllegalArgumentException("A column that korm makes has a kind");
        };
    }

    private void keepKind(Session session, TableName table, ColumnShape column, Domains domains) throws SQLException {
        boolean named = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.ENCRYPTED;
        if (domains == Domains.THERE || !named) {
            return;
        }
        String kinds = names.schema() + ".\"" + KINDS + "\"";
        session.execute("CREATE TABLE IF NOT EXISTS " + kinds + " (table_name TEXT NOT NULL, column_name TEXT NOT NULL,"
                + " kind TEXT NOT NULL, PRIMARY KEY (table_name, column_name))");
        session.update(sql(
                "INSERT INTO " + kinds + " (table_name, column_name, kind) VALUES (?, ?, ?)"
                        + " ON CONFLICT (table_name, column_name) DO UPDATE SET kind = excluded.kind",
                table.text(),
                column.name(),
                column.kind() == ColumnKind.RN ? "rn" : "encrypted"));
    }

    @Override
    public void addRevision(Session session, TableName table) throws SQLException {
        addColumn(session, table, new ColumnShape(TableName.REVISION, ColumnKind.INTEGER), Domains.THERE);
    }

    private void addColumn(Session session, TableName table, ColumnShape column, Domains domains) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, table);
        sql.add(" ADD COLUMN IF NOT EXISTS ").name(column.name()).add(" ").add(type(table, column, domains));
        session.execute(sql.toSql().text());
        keepKind(session, table, column, domains);
    }

    private void dropColumn(Session session, TableName table, String column) throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, table);
        session.execute(sql.add(" DROP COLUMN ").name(column).toSql().text());
    }

    private void addIndex(Session session, TableShape shape, IndexShape index) throws SQLException {
        TableName table = shape.table();
        SqlWriter sql = beginning(table, index.name(), index.uniqueness());
        for (int i = 0; i < index.parts().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            dialect.indexed(sql, index.parts().get(i));
        }
        try {
            session.execute(sql.add(")").toSql().text());
        } catch (SQLException e) {
            boolean equalValues = PostgresErrors.state(e).equals(PostgresErrors.UNIQUE)
                    && PostgresErrors.constraint(e).equals(Optional.of(index.name()));
            if (equalValues) {
                throw duplicate(table, index);
            }
            throw e;
        }
        Optional<String> comment = comment(index);
        if (comment.isPresent()) {
            session.execute("COMMENT ON INDEX " + names.schema() + ".\"" + index.name() + "\" IS "
                    + PostgresDialect.literal(comment.get()));
        }
        if (index.uniqueness() == Uniqueness.UNIQUE) {
            requireFingerprint(session, shape, index);
        }
        if (index.uniqueness() == Uniqueness.REPEATABLE
                && index.parts().get(0) instanceof Operand.Column first
                && first.kind() == ColumnKind.RN) {
            SqlWriter second = beginning(table, PostgresNames.referenceIndex(index.name()), Uniqueness.REPEATABLE);
            dialect.indexedId(second, first);
            session.execute(second.add(")").toSql().text());
        }
    }

    /**
     * Has the database refuse a value whose fingerprint is not written along, as by a program that does not know yet that its
     * field has become unique. Rows that already are so stay.
     */
    private void requireFingerprint(Session session, TableShape shape, IndexShape index) throws SQLException {
        String hidden = column(index.parts().get(0));
        if (!hidden.startsWith(ColumnShape.UNIQUE_PREFIX)) {
            return;
        }
        String column = hidden.substring(ColumnShape.UNIQUE_PREFIX.length());
        if (!shape.has(column)) {
            return;
        }
        String name = PostgresNames.fingerprintCheck(index.name());
        SqlWriter drop = dialect.writer().add("ALTER TABLE ");
        dialect.table(drop, shape.table());
        session.execute(
                drop.add(" DROP CONSTRAINT IF EXISTS ").name(name).toSql().text());
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, shape.table());
        sql.add(" ADD CONSTRAINT ").name(name).add(" CHECK (").name(column).add(" IS NULL OR ");
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

    private static DuplicateException duplicate(TableName table, IndexShape index) {
        List<String> fields = index.parts().stream()
                .map(PostgresCatalog::column)
                .map(name -> name.startsWith(ColumnShape.UNIQUE_PREFIX)
                        ? name.substring(ColumnShape.UNIQUE_PREFIX.length())
                        : name)
                .toList();
        return new DuplicateException(
                "The unique index over " + fields + " cannot be made on table " + table
                        + ": some rows hold equal values. Make them different first",
                fields,
                Optional.empty());
    }

    private static String column(Operand part) {
        Operand operand = part instanceof Operand.Json json ? json.document() : part;
        return operand instanceof Operand.Column column ? column.name() : "";
    }

    /** Refuses names that are none, and those that PostgreSQL would cut off. */
    static void checkNames(TableShape shape) {
        List<String> all = new ArrayList<>(List.of(shape.table().text()));
        shape.columns().stream().map(ColumnShape::name).forEach(all::add);
        shape.indexes().stream().map(IndexShape::name).forEach(all::add);
        for (String each : all) {
            if (!SqlWriter.isName(each)) {
                throw new IllegalArgumentException("A table, column or index of " + shape.table()
                        + " has a name that is not of letters, digits and _");
            }
        }
        for (String each : all.subList(1, all.size())) {
            if (each.length() > PostgresNames.LONGEST) {
                throw new SchemaException("The name " + each + " in table " + shape.table() + " has more than "
                        + PostgresNames.LONGEST + " characters, and PostgreSQL would cut it off. Give the field a"
                        + " shorter stored name with @Name");
            }
        }
    }

    /** Brings the table to what is wanted, within a transaction. */
    TableShape evolve(Session session, TableShape wanted, Set<String> replace) throws SQLException {
        lock(session);
        TableName table = wanted.table();
        Optional<TableShape> before = read(session, table);
        if (before.isEmpty()) {
            make(session, wanted);
        } else {
            Domains domains = domains(session, wanted.columns());
            Set<String> dropped = dropReplaced(session, before.get(), wanted, replace);
            for (ColumnShape column : wanted.columns()) {
                if (!before.get().has(column.name()) || dropped.contains(column.name())) {
                    addColumn(session, table, column, domains);
                }
            }
            TableShape now = read(session, table).orElse(before.get());
            for (IndexShape index : wanted.indexes()) {
                if (!now.hasIndex(index.name())) {
                    addIndex(session, now, index);
                }
            }
        }
        return read(session, table).orElse(wanted);
    }

    /** Drops columns of another kind than wanted, with the hidden columns that hang on them; their indexes go with them. */
    private Set<String> dropReplaced(Session session, TableShape actual, TableShape wanted, Set<String> replace)
            throws SQLException {
        Set<String> dropped = TableShapes.replaced(actual, wanted, replace);
        for (String column : dropped) {
            dropColumn(session, actual.table(), column);
        }
        return dropped;
    }
}
