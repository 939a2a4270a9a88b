package dev.korm.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.ConfigurationException;
import dev.korm.SchemaException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.IndexShape;
import dev.korm.spi.IndexShape.Uniqueness;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.io.ByteArrayOutputStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tables of MySQL and MariaDB in korm's stored format, sections 2 to 4, in one database.
 *
 * <p>A change of a schema commits by itself there, and takes what was done before it in the same transaction along. So all that
 * a table lacks is added by one statement, and never in the transaction of a batch.
 *
 * <p>What the catalogue cannot say stands in the original's table of kinds, written before the columns that it speaks of; in the
 * comment of a table, the whole name where it was too long; and in the comment of an index, which places of JSON it holds.
 */
final class MySqlCatalog implements Catalog {
    /** What MariaDB makes of a column that is declared as JSON; on both, by it texts of JSON are told from others. */
    private static final String JSON_COLLATION = "utf8mb4_bin";

    /** Marks decimal numbers, which are kept as text since no type keeps their scale. */
    private static final String DECIMAL_COLLATION = "ascii_bin";

    private static final String KINDS = "__korm_meta__";
    private static final String OWN = "korm: ";
    private static final String PART = "\n";
    private static final int LONGEST_COMMENT = 1024;

    /** So many characters of texts are in one index, whose key has at most 3,072 bytes. */
    private static final int INDEXED_CHARACTERS = 700;

    private static final int INDEXED_MOST = 255;

    private final MySqlNames names;
    private final MySqlServer server;
    private final MySqlErrors errors;
    private final String layer;
    private final int busySeconds;
    private final MySqlDialect dialect;

    /** Text columns of other collations than korm's, by table; of those that were read so far. */
    private final Map<TableName, Map<String, String>> foreign = new ConcurrentHashMap<>();

    MySqlCatalog(String layer, MySqlNames names, MySqlServer server, MySqlErrors errors, int busySeconds) {
        this.layer = layer;
        this.names = names;
        this.server = server;
        this.errors = errors;
        this.busySeconds = busySeconds;
        this.dialect = new MySqlDialect(names, server, this::foreign);
    }

    MySqlDialect dialect() {
        return dialect;
    }

    /** The collations of a table's text columns where they are not korm's. */
    private Map<String, String> foreign(TableName table) {
        return foreign.getOrDefault(table, Map.of());
    }

    private static Sql sql(String text, Object... values) {
        List<Slot> slots = new ArrayList<>();
        for (Object value : values) {
            slots.add(Slot.fixed(value));
        }
        return new Sql(text, slots);
    }

    /** The tables of items that have a column. */
    List<TableName> items(Session session, String column) throws SQLException {
        // One table of the catalogue, and by constants alone: else the server opens the tables of every database.
        Sql sql = sql(
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

    /** The whole names of tables: ours are in their comments, the original's beside the kinds of their columns. */
    private List<TableName> whole(Session session, List<String> hashed) throws SQLException {
        Set<String> candidates = new TreeSet<>();
        Session.Answer<Boolean> names = rows -> {
            while (rows.next()) {
                candidates.add(String.valueOf(rows.getString(1)));
            }
            return true;
        };
        session.query(
                sql(
                        "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?",
                        this.names.plainDatabase()),
                names);
        if (isThere(session, KINDS)) {
            session.query(sql("SELECT DISTINCT table_name FROM " + this.names.database() + ".`" + KINDS + "`"), names);
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

    private boolean isThere(Session session, String table) throws SQLException {
        return session.query(
                sql(
                        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
                        names.plainDatabase(),
                        table),
                ResultSet::next);
    }

    @Override
    public Optional<TableShape> read(Session session, TableName table) throws SQLException {
        String name = MySqlNames.table(table);
        // Columns and indexes in one question, since each is a way to the server and back.
        Sql sql = sql(
                "SELECT 'c', ORDINAL_POSITION, COLUMN_NAME, DATA_TYPE, COLLATION_NAME, EXTRA, '', 0"
                        + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " UNION ALL SELECT 'i', SEQ_IN_INDEX, INDEX_NAME, COALESCE(COLUMN_NAME, ''), '', '',"
                        + " INDEX_COMMENT, NON_UNIQUE"
                        + " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " AND INDEX_NAME <> 'PRIMARY'"
                        + " UNION ALL SELECT 'k', 0, '', '', '', '', '', 0 FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = '" + KINDS + "'",
                names.plainDatabase(),
                name,
                names.plainDatabase(),
                name,
                names.plainDatabase());
        Map<Integer, ColumnShape> ordered = new TreeMap<>();
        Map<String, String> collations = new HashMap<>();
        Map<String, IndexRow> indexes = new LinkedHashMap<>();
        boolean keptKinds = session.query(sql, rows -> {
            boolean kinds = false;
            while (rows.next()) {
                String each = rows.getString(3);
                switch (rows.getString(1)) {
                    case "c" -> {
                        String collation = rows.getString(5) == null ? "" : rows.getString(5);
                        if (MySqlNames.isPlace(each)) {
                            break;
                        }
                        ColumnKind kind = kind(table, each, rows.getString(4), collation);
                        ordered.put(rows.getInt(2), new ColumnShape(each, kind));
                        if (!collation.isEmpty() && !collation.equals(server.collation())) {
                            collations.put(each, collation);
                        }
                    }
                    case "i" ->
                        indexes.computeIfAbsent(each, IndexRow::new)
                                .add(rows.getInt(2), rows.getString(4), rows.getString(7), rows.getInt(8) == 0);
                    default -> kinds = true;
                }
            }
            return kinds;
        });
        if (ordered.isEmpty()) {
            foreign.remove(table);
            return Optional.empty();
        }
        List<ColumnShape> columns = new ArrayList<>(ordered.values());
        if (keptKinds) {
            applyKinds(session, table, columns);
        }
        foreign.put(table, collations);
        // The key first, whatever order another program gave them.
        columns.sort(
                (a, b) -> Boolean.compare(b.name().equals(table.key()), a.name().equals(table.key())));
        TableShape bare = new TableShape(table, columns, List.of());
        List<IndexShape> shapes = new ArrayList<>();
        indexes.values().forEach(index -> index.shape(bare).ifPresent(shapes::add));
        return Optional.of(new TableShape(table, columns, shapes));
    }

    private static ColumnKind kind(TableName table, String column, String type, String collation) {
        if (column.equals(table.key())) {
            return ColumnKind.ID;
        }
        if (column.startsWith(ColumnShape.UNIQUE_PREFIX)) {
            return ColumnKind.FINGERPRINT;
        }
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

    /** Kinds that are written beside the table. */
    private void applyKinds(Session session, TableName table, List<ColumnShape> columns) throws SQLException {
        Map<String, String> kinds = session.query(
                sql(
                        "SELECT column_name, kind FROM " + names.database() + ".`" + KINDS + "` WHERE table_name = ?",
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

    /** An index as the catalogue has it; a column is empty where there is an expression. */
    private static final class IndexRow {
        private final String name;
        private final Map<Integer, String> columns = new TreeMap<>();
        private String comment = "";
        private boolean unique;

        IndexRow(String name) {
            this.name = name;
        }

        void add(int place, String column, String newComment, boolean isUnique) {
            columns.put(place, column);
            comment = newComment;
            unique = isUnique;
        }

        /** The index when it is as korm would make it; others, and those that serve joins only, are not korm's to name. */
        Optional<IndexShape> shape(TableShape table) {
            if (!SqlWriter.isName(name)) {
                return Optional.empty();
            }
            List<Operand> parts = new ArrayList<>();
            List<String> texts = comment.startsWith(OWN)
                    ? List.of(decoded(comment.substring(OWN.length())).split(PART, -1))
                    : List.copyOf(columns.values());
            for (String text : texts) {
                Optional<Operand> part = IndexParts.parse(table, text);
                if (part.isEmpty()) {
                    return Optional.empty();
                }
                parts.add(part.get());
            }
            return Optional.of(new IndexShape(name, unique ? Uniqueness.UNIQUE : Uniqueness.REPEATABLE, parts));
        }
    }

    @Override
    public List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException {
        Sql sql = sql(
                "SELECT INDEX_NAME, COALESCE(COLUMN_NAME, '') FROM information_schema.STATISTICS"
                        + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY'"
                        + " ORDER BY INDEX_NAME, SEQ_IN_INDEX",
                names.plainDatabase(),
                MySqlNames.table(table));
        return session.query(sql, rows -> {
            Map<String, List<String>> columns = new LinkedHashMap<>();
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(rows.getString(2));
            }
            List<UniqueIndex> found = new ArrayList<>();
            columns.forEach((name, parts) -> found.add(new UniqueIndex(name, parts)));
            return found;
        });
    }

    /**
     * The names and types of the columns as the server would answer them: it takes a number into a column of texts and a text
     * of digits into one of numbers, and does not know that a value needs its fingerprint.
     */
    @Override
    public Optional<Object> version(Session session, TableName table) throws SQLException {
        SqlWriter sql = dialect.writer().add("SELECT * FROM ");
        dialect.table(sql, table);
        String text = sql.add(" LIMIT 0").toSql().text();
        try {
            PreparedStatement statement = session.prepare(text);
            try (ResultSet rows = statement.executeQuery()) {
                ResultSetMetaData columns = rows.getMetaData();
                StringBuilder version = new StringBuilder();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    version.append(columns.getColumnName(i)).append(' ');
                    version.append(columns.getColumnTypeName(i)).append(' ');
                    version.append(columns.getPrecision(i)).append(',');
                }
                return Optional.of(version.toString());
            }
        } catch (SQLException e) {
            session.discard(text);
            if (MySqlErrors.isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Keeps others of korm from changing this database's schema until {@link #unlock}. */
    @Override
    public void lock(Session session) throws SQLException {
        boolean mine = session.query(
                sql("SELECT GET_LOCK(?, ?)", names.lock(), (long) busySeconds),
                rows -> rows.next() && rows.getInt(1) == 1);
        if (!mine) {
            throw new StoreBusyException(
                    layer,
                    "Changing a table failed on " + errors.where()
                            + ": another pool changed its tables for longer than the" + " busy timeout. Try again",
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    @Override
    public void unlock(Session session) {
        try {
            session.query(sql("SELECT RELEASE_LOCK(?)", names.lock()), ResultSet::next);
        } catch (SQLException lost) {
            // The lock ends with its connection.
        }
    }

    /** In a transaction it would commit what was done before; so the table is made before the batch. */
    @Override
    public void create(Session session, TableShape table) {
        throw new PooledWriter.SchemaFirst(other -> evolve(other, table, Set.of()));
    }

    @Override
    public void addRevision(Session session, TableName table) {
        ColumnShape revision = new ColumnShape(TableName.REVISION, ColumnKind.INTEGER);
        throw new PooledWriter.SchemaFirst(other -> {
            TableShape actual = read(other, table).orElse(new TableShape(table, List.of(), List.of()));
            evolve(other, new TableShape(table, List.of(actual.columns().get(0), revision), List.of()), Set.of());
        });
    }

    @Override
    public void make(Session session, TableShape table) throws SQLException {
        keepKinds(session, table.table(), table.columns());
        SqlWriter sql = dialect.writer().add("CREATE TABLE ");
        dialect.table(sql, table.table());
        String separator = " ( ";
        for (ColumnShape column : table.columns()) {
            sql.add(separator).name(column.name()).add(" ").add(type(table.table(), column));
            separator = ", ";
        }
        for (IndexShape index : table.indexes()) {
            addIndex(sql, table, index, ", ", ", ");
        }
        sql.add(" ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ");
        sql.add(server.collation());
        if (!MySqlNames.table(table.table()).equals(table.table().text())) {
            // The name is of letters, digits and _.
            sql.add(" COMMENT '").add(table.table().text()).add("'");
        }
        session.execute(sql.toSql().text());
    }

    private String type(TableName table, ColumnShape column) {
        String text = " CHARACTER SET utf8mb4 COLLATE " + server.collation();
        if (column.name().equals(table.key())) {
            return "VARCHAR(255)" + text + " NOT NULL PRIMARY KEY";
        }
        if (column.name().equals(TableName.REVISION)) {
            return "BIGINT NOT NULL DEFAULT 0";
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
            case OTHER -> throw new IllegalArgumentException("A column that korm makes has a kind");
        };
    }

    /** Before the columns are there: a row too many says nothing, and a row that is missing would say something wrong. */
    private void keepKinds(Session session, TableName table, List<ColumnShape> columns) throws SQLException {
        String kinds = names.database() + ".`" + KINDS + "`";
        boolean there = isThere(session, KINDS);
        for (ColumnShape column : columns) {
            boolean kept = column.kind() == ColumnKind.RN || column.kind() == ColumnKind.ENCRYPTED;
            if (kept && !there) {
                session.execute("CREATE TABLE IF NOT EXISTS " + kinds + " (table_name VARCHAR(255) NOT NULL,"
                        + " column_name VARCHAR(255) NOT NULL, kind VARCHAR(32) NOT NULL,"
                        + " PRIMARY KEY (table_name, column_name)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC"
                        + " DEFAULT CHARACTER SET utf8mb4 COLLATE " + server.collation());
                there = true;
            }
            if (kept) {
                session.update(sql(
                        "REPLACE INTO " + kinds + " (table_name, column_name, kind) VALUES (?, ?, ?)",
                        table.text(),
                        column.name(),
                        column.kind() == ColumnKind.RN ? "rn" : "encrypted"));
            } else if (there) {
                session.update(sql(
                        "DELETE FROM " + kinds + " WHERE table_name = ? AND column_name = ?",
                        table.text(),
                        column.name()));
            }
        }
    }

    /** All of it by one statement, which happens whole or not at all. */
    @Override
    public void alter(Session session, TableShape actual, TableShapes.Lacking lacking) throws SQLException {
        keepKinds(session, actual.table(), lacking.columns());
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, actual.table());
        String separator = " ";
        for (IndexShape index : lacking.staleIndexes()) {
            sql.add(separator).add("DROP INDEX ").name(index.name());
            separator = ", ";
            for (int i = 0; i < index.parts().size(); i++) {
                if (index.parts().get(i) instanceof Operand.Json) {
                    sql.add(", DROP COLUMN ").name(MySqlNames.place(index.name(), i));
                }
            }
            if (isOfReferences(index)) {
                sql.add(", DROP INDEX ").name(MySqlNames.referenceIndex(index.name()));
                sql.add(", DROP COLUMN ")
                        .name(MySqlNames.place(index.name(), index.parts().size()));
            }
        }
        for (String column : lacking.staleColumns()) {
            sql.add(separator).add("DROP COLUMN ").name(column);
            separator = ", ";
        }
        for (ColumnShape column : lacking.columns()) {
            sql.add(separator).add("ADD COLUMN ").name(column.name()).add(" ");
            sql.add(type(actual.table(), column));
            separator = ", ";
        }
        for (IndexShape index : lacking.indexes()) {
            addIndex(sql, actual, index, separator + "ADD COLUMN ", separator + "ADD ");
            separator = ", ";
        }
        try {
            session.execute(sql.toSql().text());
        } catch (SQLException e) {
            if (MySqlErrors.isDuplicate(e)) {
                throw duplicate(session, actual, lacking, e);
            }
            throw e;
        }
    }

    /** The server names the index in its message alone, so each new one is asked whether equal values are there. */
    private RuntimeException duplicate(
            Session session, TableShape actual, TableShapes.Lacking lacking, SQLException error) throws SQLException {
        for (IndexShape index : lacking.indexes()) {
            boolean there = index.parts().stream().allMatch(part -> actual.has(TableShapes.column(part)));
            if (index.uniqueness() == Uniqueness.UNIQUE && there && hasEqualValues(session, actual, index)) {
                return TableShapes.duplicate(actual, index);
            }
        }
        return new IllegalStateException("Equal values were found and are gone", error);
    }

    private boolean hasEqualValues(Session session, TableShape actual, IndexShape index) throws SQLException {
        SqlWriter sql = dialect.writer().add("SELECT 1 FROM ");
        dialect.table(sql, actual.table());
        SqlWriter columns = dialect.writer();
        String separator = " WHERE ";
        for (Operand part : index.parts()) {
            String column = TableShapes.column(part);
            sql.add(separator).name(column).add(" IS NOT NULL");
            columns.add(separator.equals(" WHERE ") ? " GROUP BY " : ", ").name(column);
            separator = " AND ";
        }
        sql.add(columns.toSql()).add(" HAVING COUNT(*) > 1 LIMIT 1");
        return session.query(sql.toSql(), ResultSet::next);
    }

    private static boolean isOfReferences(IndexShape index) {
        return index.uniqueness() == Uniqueness.REPEATABLE
                && index.parts().get(0) instanceof Operand.Column first
                && first.kind() == ColumnKind.RN;
    }

    /**
     * Adds an index, with hidden columns for what an index cannot hold by itself: places of JSON, and the id at the end of a
     * reference, by which joins begin at the row referred to.
     *
     * @param column what stands before a column
     * @param word what stands before the index
     */
    private void addIndex(SqlWriter sql, TableShape table, IndexShape index, String column, String word) {
        String before = word;
        for (int i = 0; i < index.parts().size(); i++) {
            if (index.parts().get(i) instanceof Operand.Json json) {
                sql.add(column).name(MySqlNames.place(index.name(), i)).add(" ");
                dialect.place(sql, json);
                before = column.equals(word) ? word : ", ADD ";
            }
        }
        sql.add(before).add(index.uniqueness() == Uniqueness.UNIQUE ? "UNIQUE INDEX " : "INDEX ");
        sql.name(index.name()).add(" (");
        long texts = index.parts().stream()
                .filter(part -> part instanceof Operand.Column each && isLong(each.kind()))
                .count();
        long length = Math.min(INDEXED_MOST, INDEXED_CHARACTERS / Math.max(1, texts));
        for (int i = 0; i < index.parts().size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            Operand part = index.parts().get(i);
            if (part instanceof Operand.Json) {
                sql.name(MySqlNames.place(index.name(), i));
            } else {
                ColumnKind kind = table.column(TableShapes.column(part))
                        .map(ColumnShape::kind)
                        .orElse(part.kind());
                sql.name(TableShapes.column(part));
                if (isLong(kind)) {
                    sql.add("(").add(length).add(")");
                }
            }
        }
        sql.add(")");
        comment(table.table(), index)
                .ifPresent(text -> sql.add(" COMMENT '").add(text).add("'"));
        if (isOfReferences(index)) {
            String place = MySqlNames.place(index.name(), index.parts().size());
            sql.add(column.equals(word) ? column : ", ADD COLUMN ").name(place).add(" ");
            dialect.referenceId(sql, TableShapes.column(index.parts().get(0)));
            sql.add(column.equals(word) ? word : ", ADD ").add("INDEX ");
            sql.name(MySqlNames.referenceIndex(index.name()))
                    .add(" (")
                    .name(place)
                    .add(")");
        }
    }

    /** Whether an index holds only the beginning of such values. */
    private static boolean isLong(ColumnKind kind) {
        return switch (kind) {
            case TEXT, RN, DECIMAL, BYTES, JSON, ENCRYPTED -> true;
            case ID, FINGERPRINT, INTEGER, REAL, BOOLEAN, OTHER -> false;
        };
    }

    /** The index's parts, when the catalogue could not tell them. */
    private static Optional<String> comment(TableName table, IndexShape index) {
        if (index.parts().stream().noneMatch(Operand.Json.class::isInstance)) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        index.parts().forEach(part -> parts.add(IndexParts.print(part)));
        String text = OWN + encoded(String.join(PART, parts));
        if (text.length() > LONGEST_COMMENT) {
            throw new ConfigurationException("An index of table " + table
                    + " has paths that are too long to be kept. Index" + " fewer fields, or fields with shorter names");
        }
        return Optional.of(text);
    }

    /** A text of ASCII without quotes and backslashes, which stand for different things on different servers. */
    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(UTF_8)) {
            if (each <= ' ' || each == 0x7f || each == '\'' || each == '\\' || each == '%') {
                encoded.append('%').append(HexFormat.of().toHexDigits(each));
            } else {
                encoded.append((char) each);
            }
        }
        return encoded.toString();
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            boolean code = text.charAt(i) == '%' && i + 2 < text.length();
            bytes.write(code ? HexFormat.fromHexDigits(text, i + 1, i + 3) : text.charAt(i));
            i += code ? 2 : 0;
        }
        return bytes.toString(UTF_8);
    }

    /** Refuses names that are none, and those that are too long. */
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
            if (each.length() > MySqlNames.LONGEST) {
                throw new SchemaException("The name " + each + " in table " + shape.table() + " has more than "
                        + MySqlNames.LONGEST + " characters, which MySQL does not take. Give the field a shorter stored"
                        + " name with @Name");
            }
        }
    }
}
