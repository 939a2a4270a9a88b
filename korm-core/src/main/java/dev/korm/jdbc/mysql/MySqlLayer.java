package dev.korm.jdbc.mysql;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.feed.FollowedTables;
import dev.korm.jdbc.server.PlanReader;
import dev.korm.jdbc.server.PooledWriter;
import dev.korm.jdbc.server.ServerLayer;
import dev.korm.jdbc.server.ServerSettings;
import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.Selections;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.SchemaGuard;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database of MySQL or MariaDB. What these do not evaluate exactly, {@link MySqlResidual} does; the layer as a whole answers
 * everything.
 */
public final class MySqlLayer extends ServerLayer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    /** The setting of {@code innodb_flush_log_at_trx_commit} with which each commit is synced. */
    private static final int DURABLE_FLUSH = 1;

    /** Rows that are fetched at once. */
    private static final int ROWS = 200;

    /** So many ids fit into a statement of 16 megabytes, which a server takes where nothing else is set. */
    private static final int CONSTANTS = 200_000;

    /** What the planner makes of ranges may grow with the product of conditions, and take all memory. */
    private static final int CONDITIONS = 300;

    /** The servers have 61 tables in a join. */
    private static final int JOINS = 58;

    private final MySqlCatalog catalog;
    private final MySqlDialect dialect;
    private final PooledWriter writer;
    private final MySqlChangeNotes notes;

    private MySqlLayer(
            String name, ServerSettings settings, Sessions sessions, Environment environment, MySqlCatalog catalog) {
        super(name, settings.access(), sessions, catalog.dialect(), catalog, CONSTANTS, JOINS, CONDITIONS);
        this.catalog = catalog;
        this.dialect = catalog.dialect();
        this.notes = catalog.notes();
        SchemaGuard guard = new SchemaGuard(catalog);
        RowStatements statements = new RowStatements(dialect);
        this.writer = new PooledWriter(
                sessions,
                environment,
                new Waiting(settings.busySeconds()),
                catalog,
                (session, failing) -> new BatchWriter(
                        session,
                        dialect,
                        catalog,
                        guard,
                        new InTransaction(session),
                        statements,
                        new ExistingRows(session, dialect, catalog.existing(), name),
                        failing));
    }

    public static Layer open(
            String name,
            ServerSettings settings,
            Connections connections,
            MySqlErrors errors,
            Environment environment) {
        MySqlStops stops = new MySqlStops(settings.isOwn());
        Sessions sessions = new Sessions(name, connections, errors, new StatementWatch(name, stops, environment));
        Sql sql = new Sql(
                "SELECT VERSION(), DATABASE(), @@max_allowed_packet, @@innodb_flush_log_at_trx_commit", List.of());
        boolean cluster = sessions.run("Opening", session -> MySqlServer.isInCluster(session.connection()));
        if (cluster) {
            errors.inCluster();
        }
        MySqlCatalog catalog = sessions.run(
                "Opening",
                session -> session.query(sql, rows -> {
                    rows.next();
                    MySqlServer server = MySqlServer.parse(rows.getString(1))
                            .withPacket(rows.getLong(3))
                            .inCluster(cluster);
                    if (server.isTooOld()) {
                        throw new ConfigurationException("Opening " + errors.where()
                                + " failed: korm needs MySQL 8.0.17 or MariaDB 10.6, or later. Upgrade the server");
                    }
                    if (rows.getInt(4) != DURABLE_FLUSH) {
                        LOG.warn(
                                "The {} runs with innodb_flush_log_at_trx_commit = {}: a power cut can lose changes that were"
                                        + " acknowledged. Set it to 1",
                                errors.where(),
                                rows.getInt(4));
                    }
                    stops.server(server);
                    String database = rows.getString(2);
                    if (database == null) {
                        throw new ConfigurationException("Opening " + errors.where()
                                + " failed: the data source names no database. Name one in its settings");
                    }
                    return new MySqlCatalog(
                            name, MySqlNames.of(database), server, errors, settings.busySeconds(), !settings.isOwn());
                }));
        return new MySqlLayer(name, settings, sessions, environment, catalog);
    }

    @Override
    protected PooledWriter changes() {
        return writer;
    }

    @Override
    protected FollowedTables followedTables() {
        return notes;
    }

    @Override
    protected void beginReadingNotes(Session session) throws SQLException {
        beginSnapshot(session);
    }

    /** Returns the token, which tells which transaction wrote a row. */
    @Override
    protected List<ColumnSchema> notedColumns() {
        return List.of(new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER));
    }

    @Override
    protected List<TableName> items(Session session, String column) throws SQLException {
        return catalog.items(session, column);
    }

    @Override
    protected boolean isComplete(TableSchema actual, TableSchema wanted) {
        return catalog.hasOrderKeys(actual, wanted);
    }

    @Override
    protected void checkNames(TableSchema wanted) {
        TableSchemas.checkNames(wanted);
        TableSchemas.checkLengths(wanted, MySqlNames.LONGEST, "which MySQL does not take");
    }

    @Override
    protected void begin(Session session, boolean few) {
        // Statements answer in parts within a transaction or without.
    }

    @Override
    protected void fetch(PreparedStatement statement, boolean few) throws SQLException {
        statement.setFetchSize(few ? 0 : ROWS);
    }

    /** Begins the transaction by a plain statement, since MySQL does not prepare this one. */
    @Override
    protected void beginSnapshot(Session session) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        }
    }

    @Override
    protected Optional<RowCursor> residual(
            Session session, Selection selection, Function<SQLException, RuntimeException> meaning) {
        MySqlExactness exactness = new MySqlExactness(selection);
        return exactness.isExact(selection)
                ? Optional.empty()
                : Optional.of(new MySqlResidual(this, selection, exactness, dialect).within(session, meaning));
    }

    @Override
    protected Object neutral(Object bound) {
        return PlanReader.neutral(bound);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        MySqlExactness exactness = new MySqlExactness(selection);
        return exactness.isExact(selection)
                ? new Compiled(selection)
                : new MySqlResidual(this, selection, exactness, dialect);
    }

    @Override
    public Sql explained(Selection selection) {
        return compile(selection) instanceof MySqlResidual remainder
                ? remainder.candidates()
                : super.explained(selection);
    }

    /** Asks a question and answers its rows as they come. */
    RowCursor rows(Selection selection, Sql sql, Object[] constants, ColumnReader[] readings) {
        return stream(selection, sql, constants, readings, false);
    }

    /** The selections of a batch, within its transaction. */
    private final class InTransaction implements Selections {
        private final Session session;

        InTransaction(Session session) {
            this.session = session;
        }

        @Override
        public TableSources sources(Selection selection) {
            return MySqlLayer.this.sources(session);
        }

        @Override
        public Optional<List<String>> keys(Selection selection) throws SQLException {
            Selection keys = new Selection(
                    selection.from(),
                    selection.joins(),
                    List.of(new Output.Value(
                            new Operand.Column(0, selection.from().key(), ColumnKind.ID))),
                    selection.where(),
                    List.of(),
                    selection.order(),
                    selection.limit());
            MySqlExactness exactness = new MySqlExactness(keys);
            return exactness.isExact(keys)
                    ? Optional.empty()
                    : Optional.of(new MySqlResidual(MySqlLayer.this, keys, exactness, dialect).keys(session));
        }
    }

    /** The server limits the wait for locks itself; see {@link MySqlSettings}. */
    private record Waiting(int seconds) implements PooledWriter.Waiting {
        @Override
        public int statement(boolean manyRows) {
            return 0;
        }

        @Override
        public void transaction(Session session, boolean manyRows) {}
    }
}
