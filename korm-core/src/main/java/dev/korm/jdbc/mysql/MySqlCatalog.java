package dev.korm.jdbc.mysql;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.existing.ExistingCatalog;
import dev.korm.jdbc.server.PooledWriter;
import dev.korm.jdbc.session.ColumnKindTable;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.TableSchemas;
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
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.schema");

    /** What InnoDB holds (dev.mysql.com, "Limits on InnoDB tables"). */
    private static final int COLUMNS = 1017;

    private static final Sql TRANSACTION = new Sql("SELECT @@in_transaction", List.of());

    private final MySqlNames names;
    private final MySqlServer server;
    private final MySqlErrors errors;
    private final String layer;
    private final int busySeconds;
    private final MySqlDialect dialect;
    private final ExistingCatalog existing;
    private final MySqlIndexes indexes;
    private final ColumnKindTable kinds;
    private final MySqlItemTables tables;
    private final boolean bulk;

    /** Text columns of other collations than korm's, by table; of those that were read so far. */
    private final Map<TableName, Map<String, String>> foreign = new ConcurrentHashMap<>();

    /** Indexes that have order keys, by table; of those that were read so far. */
    private final Map<TableName, Map<String, List<KeyPart>>> orderKeys = new ConcurrentHashMap<>();

    private final Map<TableName, Set<String>> formerOrderKeys = new ConcurrentHashMap<>();

    /** @param bulk whether the driver may send many rows in its bulk mode; a pool of korm's own does not in a cluster */
    MySqlCatalog(
            String layer, MySqlNames names, MySqlServer server, MySqlErrors errors, int busySeconds, boolean bulk) {
        this.layer = layer;
        this.bulk = bulk;
        this.names = names;
        this.server = server;
        this.errors = errors;
        this.busySeconds = busySeconds;
        this.dialect = new MySqlDialect(names, server, this::foreign, this::orderKeys);
        this.existing = new ExistingCatalog(new MySqlExisting(names.plainDatabase(), server.collation(), dialect));
        this.indexes = new MySqlIndexes(dialect);
        this.kinds = new ColumnKindTable(names.database() + ".`" + ColumnKindTable.NAME + "`");
        this.tables = new MySqlItemTables(names, kinds);
    }

    /** In a cluster such a statement ends with what COMMIT would. */
    @Override
    public boolean hasUndecidedStatements() {
        return server.cluster();
    }

    /** Certification compares what transactions have written, and nothing that they have read. */
    @Override
    public boolean locksOneNodeOnly() {
        return server.cluster();
    }

    /** Nodes of a cluster answer so to the bulk mode of MariaDB's driver; seen with MariaDB 10.11.19. */
    @Override
    public boolean hasSilentRollbacks() {
        return bulk && server.cluster();
    }

    @Override
    public void requireTransaction(Session session) throws SQLException {
        boolean open = session.query(TRANSACTION, rows -> rows.next() && rows.getBoolean(1));
        if (!open) {
            throw new SQLTransactionRollbackException(
                    "The cluster rolled the transaction back and did not say so", "40001", MySqlErrors.DEADLOCK);
        }
    }

    /** Returns the notes of changes in the same database. */
    MySqlChangeNotes notes() {
        return new MySqlChangeNotes(layer, names, dialect, server.collation());
    }

    @Override
    public ExistingCatalog existing() {
        return existing;
    }

    @Override
    public MySqlDialect dialect() {
        return dialect;
    }

    /** Returns the collations of a table's text columns where they are not korm's. */
    private Map<String, String> foreign(TableName table) {
        return foreign.getOrDefault(table, Map.of());
    }

    /** Returns the parts of a table's indexes that have order keys, by their names. */
    private Map<String, List<KeyPart>> orderKeys(TableName table) {
        return orderKeys.getOrDefault(table, Map.of());
    }

    /** Returns whether the table has all order keys that it is to have with the wanted indexes. */
    boolean hasOrderKeys(TableSchema actual, TableSchema wanted) {
        return withoutOrderKeys(actual, wanted).isEmpty();
    }

    private List<IndexSchema> withoutOrderKeys(TableSchema actual, TableSchema wanted) {
        Map<String, List<KeyPart>> there = orderKeys(actual.table());
        List<IndexSchema> others = actual.indexes().stream()
                .filter(index -> wanted.hasIndex(index.name()) && !there.containsKey(index.name()))
                .toList();
        Set<String> ordered = indexes.ordered(actual, others, there);
        return others.stream().filter(index -> ordered.contains(index.name())).toList();
    }

    /** Returns the tables of items that have a column. */
    List<TableName> items(Session session, String column) throws SQLException {
        return tables.having(session, column);
    }

    @Override
    public Optional<TableSchema> read(Session session, TableName table) throws SQLException {
        ExistingTable shown = existing.shown().declared(table);
        if (shown != null) {
            return existing.read(session, shown);
        }
        String name = MySqlNames.table(table);
        // Columns and indexes in one question, since each is a way to the server and back.
        Sql sql = Sql.of(
                "SELECT 'c', ORDINAL_POSITION, COLUMN_NAME, DATA_TYPE, COLLATION_NAME, EXTRA, '', 0,"
                        + " COLUMN_DEFAULT, IS_NULLABLE"
                        + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " UNION ALL SELECT 'i', SEQ_IN_INDEX, INDEX_NAME, COALESCE(COLUMN_NAME, ''), '', '',"
                        + " INDEX_COMMENT, NON_UNIQUE, '', ''"
                        + " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                        + " AND INDEX_NAME <> 'PRIMARY'"
                        + " UNION ALL SELECT 'k', 0, '', '', '', '', '', 0, '', '' FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = '" + ColumnKindTable.NAME + "'",
                names.plainDatabase(),
                name,
                names.plainDatabase(),
                name,
                names.plainDatabase());
        Map<Integer, ColumnSchema> ordered = new TreeMap<>();
        Map<String, String> collations = new HashMap<>();
        Set<String> hidden = new HashSet<>();
        Map<String, MySqlIndexes.Found> found = new LinkedHashMap<>();
        boolean hasKinds = session.query(sql, rows -> {
            boolean written = false;
            while (rows.next()) {
                String each = rows.getString(3);
                switch (rows.getString(1)) {
                    case "c" -> {
                        String collation = rows.getString(5) == null ? "" : rows.getString(5);
                        if (MySqlNames.isGeneratedColumn(each)) {
                            hidden.add(each);
                            break;
                        }
                        ColumnKind kind = MySqlColumnTypes.kind(table, each, rows.getString(4), collation);
                        ordered.put(rows.getInt(2), MySqlColumnTypes.column(each, kind, rows));
                        if (!collation.isEmpty() && !collation.equals(server.collation())) {
                            collations.put(each, collation);
                        }
                    }
                    case "i" ->
                        found.computeIfAbsent(each, MySqlIndexes.Found::new)
                                .add(rows.getInt(2), rows.getString(4), rows.getString(7), rows.getInt(8) == 0);
                    default -> written = true;
                }
            }
            return written;
        });
        if (ordered.isEmpty()) {
            foreign.remove(table);
            orderKeys.remove(table);
            formerOrderKeys.remove(table);
            return Optional.empty();
        }
        List<ColumnSchema> columns = new ArrayList<>(ordered.values());
        if (hasKinds) {
            kinds.apply(session, table, columns);
        }
        foreign.put(table, collations);
        TableSchemas.sort(columns, table);
        TableSchema bare = new TableSchema(table, columns, List.of());
        List<IndexSchema> schemas = new ArrayList<>();
        found.values().forEach(index -> index.schema(bare).ifPresent(schemas::add));
        TableSchema schema = new TableSchema(table, columns, schemas);
        Map<String, List<KeyPart>> keys = new LinkedHashMap<>();
        Set<String> former = new HashSet<>();
        for (IndexSchema index : schemas) {
            if (index.parts().get(0) instanceof Operand.Column
                    && hidden.contains(MySqlNames.generatedColumn(index.name(), 0))) {
                keys.put(index.name(), OrderKeys.parts(schema, index));
            }
            if (hidden.contains(MySqlNames.formerOrderKey(index.name()))) {
                former.add(index.name());
            }
        }
        orderKeys.put(table, Collections.unmodifiableMap(keys));
        formerOrderKeys.put(table, Set.copyOf(former));
        return Optional.of(schema);
    }

    @Override
    public List<UniqueIndex> uniqueIndexes(Session session, TableName table) throws SQLException {
        Sql sql = Sql.of(
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
     * Returns the names and types of the columns as the server would answer them: it takes a number into a column of
     * texts and a text of digits into one of numbers, and does not know that a value needs its fingerprint.
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
            session.failed(e);
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
                Sql.of("SELECT GET_LOCK(?, ?)", names.lock(), (long) busySeconds),
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
            session.query(Sql.of("SELECT RELEASE_LOCK(?)", names.lock()), ResultSet::next);
        } catch (SQLException lost) {
            // The lock ends with its connection.
        }
    }

    /** Creates the table before the batch, since within the transaction it would commit what was done before. */
    @Override
    public void create(Session session, TableSchema table) {
        throw new PooledWriter.SchemaFirst(other -> evolve(other, table, Set.of()));
    }

    @Override
    public int columnLimit() {
        return COLUMNS;
    }

    @Override
    public void make(Session session, TableSchema table) throws SQLException {
        keepKinds(session, table.table(), table.columns());
        SqlWriter sql = dialect.writer().add("CREATE TABLE ");
        dialect.table(sql, table.table());
        String separator = " ( ";
        for (ColumnSchema column : table.columns()) {
            sql.add(separator)
                    .name(column.name())
                    .add(" ")
                    .add(MySqlColumnTypes.of(table.table(), column, server.collation()));
            separator = ", ";
        }
        Set<String> ordered = indexes.ordered(table, table.indexes(), Map.of());
        for (IndexSchema index : table.indexes()) {
            indexes.add(sql, table, index, ", ", ", ", ordered.contains(index.name()));
        }
        sql.add(" ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ");
        sql.add(server.collation());
        if (!MySqlNames.table(table.table()).equals(table.table().text())) {
            // The name is of letters, digits and _.
            sql.add(" COMMENT '").add(table.table().text()).add("'");
        }
        try {
            session.execute(sql.toSql().text());
        } catch (SQLException e) {
            if (MySqlErrors.isReserved(e)) {
                throw TableSchemas.reserved(table.table(), table.columns(), e);
            }
            throw e;
        }
    }

    /** Puts indexes that have the order of their parts in the place of those that an earlier version made. */
    @Override
    public TableSchema evolve(Session session, TableSchema wanted, Set<String> replace) throws SQLException {
        TableSchema evolved = Catalog.super.evolve(session, wanted, replace);
        List<IndexSchema> lacking = withoutOrderKeys(evolved, wanted);
        if (lacking.isEmpty()) {
            return evolved;
        }
        LOG.info(
                "Layer \"{}\", table {}: make the indexes {} anew, of hidden columns that have their order",
                layer,
                evolved.table(),
                lacking.stream().map(IndexSchema::name).toList());
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, evolved.table());
        String separator = " ";
        for (IndexSchema index : lacking) {
            drop(sql.add(separator), evolved.table(), index);
            indexes.add(sql, evolved, index, ", ADD COLUMN ", ", ADD ", true);
            separator = ", ";
        }
        session.execute(sql.toSql().text());
        return read(session, evolved.table()).orElse(evolved);
    }

    /** Stores the kinds before the columns exist: a superfluous row says nothing, and a missing one would be wrong. */
    private void keepKinds(Session session, TableName table, List<ColumnSchema> columns) throws SQLException {
        boolean there = tables.isThere(session, ColumnKindTable.NAME);
        for (ColumnSchema column : columns) {
            boolean kept = ColumnKindTable.isKept(column.kind());
            if (kept && !there) {
                session.execute("CREATE TABLE IF NOT EXISTS " + kinds.sql() + " (table_name VARCHAR(255) NOT NULL,"
                        + " column_name VARCHAR(255) NOT NULL, kind VARCHAR(32) NOT NULL,"
                        + " PRIMARY KEY (table_name, column_name)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC"
                        + " DEFAULT CHARACTER SET utf8mb4 COLLATE " + server.collation());
                there = true;
            }
            if (kept) {
                session.update(Sql.of(
                        "REPLACE INTO " + kinds.sql() + " (table_name, column_name, kind) VALUES (?, ?, ?)",
                        table.text(),
                        column.name(),
                        ColumnKindTable.written(column.kind())));
            } else if (there) {
                session.update(Sql.of(
                        "DELETE FROM " + kinds.sql() + " WHERE table_name = ? AND column_name = ?",
                        table.text(),
                        column.name()));
            }
        }
    }

    /** Locks the table for this session, also while it is altered, which would end a transaction. */
    @Override
    public void keepOut(Session session, TableName table) throws SQLException {
        SqlWriter sql = dialect.writer().add("LOCK TABLES ");
        dialect.table(sql, table);
        session.execute(sql.add(" WRITE").toSql().text());
    }

    @Override
    public void letIn(Session session) {
        if (!session.isBroken()) {
            try {
                session.execute("UNLOCK TABLES");
            } catch (SQLException lost) {
                // The lock ends with its connection.
                session.failed(lost);
            }
        }
    }

    /** Alters the table by one statement, which happens whole or not at all. */
    @Override
    public void exchange(Session session, TableSchema actual, TableSchemas.Lacking going, ColumnExchange exchange)
            throws SQLException {
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, actual.table());
        session.execute(ExchangeSql.renaming(sql.add(dropping(sql, actual, going)), exchange)
                .toSql()
                .text());
    }

    /** Adds what goes to an ALTER TABLE; returns what stands before the next part of it. */
    private String dropping(SqlWriter sql, TableSchema actual, TableSchemas.Lacking going) {
        String separator = " ";
        for (IndexSchema index : going.staleIndexes()) {
            drop(sql.add(separator), actual.table(), index);
            separator = ", ";
        }
        for (String column : going.staleColumns()) {
            sql.add(separator).add("DROP COLUMN ").name(column);
            separator = ", ";
        }
        return separator;
    }

    private void drop(SqlWriter sql, TableName table, IndexSchema index) {
        boolean former = formerOrderKeys.getOrDefault(table, Set.of()).contains(index.name());
        MySqlIndexes.drop(sql, index, orderKeys(table).containsKey(index.name()), former);
    }

    /** Returns whether the table still shows none of the columns; one that is versioned hides those of its periods. */
    private boolean isHidden(Session session, TableSchema actual, TableSchemas.Lacking lacking) throws SQLException {
        TableSchema now = read(session, actual.table()).orElse(actual);
        return lacking.columns().stream().noneMatch(column -> now.has(column.name()));
    }

    /**
     * Alters the table by one statement, which happens whole or not at all; only the revisions' starting point is set
     * afterwards.
     */
    @Override
    public void alter(Session session, TableSchema actual, TableSchemas.Lacking lacking) throws SQLException {
        keepKinds(session, actual.table(), lacking.columns());
        SqlWriter sql = dialect.writer().add("ALTER TABLE ");
        dialect.table(sql, actual.table());
        String separator = dropping(sql, actual, lacking);
        boolean revised = false;
        for (ColumnSchema column : lacking.columns()) {
            if (column.name().equals(TableName.REVISION)) {
                addRevision(sql.add(separator), actual);
                revised = true;
            } else {
                sql.add(separator).add("ADD COLUMN ").name(column.name()).add(" ");
                sql.add(MySqlColumnTypes.of(actual.table(), column, server.collation()));
            }
            separator = ", ";
        }
        Set<String> ordered = indexes.ordered(actual, lacking.indexes(), orderKeys(actual.table()));
        for (IndexSchema index : lacking.indexes()) {
            boolean chosen = ordered.contains(index.name());
            indexes.add(sql, actual, index, separator + "ADD COLUMN ", separator + "ADD ", chosen);
            separator = ", ";
        }
        try {
            session.execute(sql.toSql().text());
        } catch (SQLException e) {
            if (MySqlErrors.isDuplicate(e)) {
                throw indexes.duplicate(session, actual, lacking, e);
            }
            if (MySqlErrors.isReserved(e) || (MySqlErrors.isColumnThere(e) && isHidden(session, actual, lacking))) {
                throw TableSchemas.reserved(actual.table(), lacking.columns(), e);
            }
            throw e;
        }
        if (revised) {
            SqlWriter from = dialect.writer().add("ALTER TABLE ");
            dialect.table(from, actual.table());
            from.add(" ALTER COLUMN ").name(TableName.REVISION).add(" SET DEFAULT " + MySqlColumnTypes.revision());
            session.execute(from.toSql().text());
        }
    }

    /** Adds the revision column; existing rows have revision 0, and are not written for it. */
    private static void addRevision(SqlWriter sql, TableSchema actual) {
        if (actual.has(TableName.FORMER_REVISION)) {
            sql.add("RENAME COLUMN ")
                    .name(TableName.FORMER_REVISION)
                    .add(" TO ")
                    .name(TableName.REVISION);
        } else {
            sql.add("ADD COLUMN ").name(TableName.REVISION).add(" BIGINT NOT NULL DEFAULT 0");
        }
    }
}
