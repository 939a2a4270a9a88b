package dev.korm.jdbc.postgres;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.feed.FollowedTables;
import dev.korm.jdbc.feed.LogReader;
import dev.korm.jdbc.server.PlanReader;
import dev.korm.jdbc.server.PooledWriter;
import dev.korm.jdbc.server.ServerLayer;
import dev.korm.jdbc.server.ServerSettings;
import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.WrittenSelections;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.SchemaGuard;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.util.PGobject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A schema of a PostgreSQL database. */
public final class PostgresLayer extends ServerLayer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");

    private static final int OLDEST = 140_000;

    /** Long lists are bound as one value each. */
    private static final int CONSTANTS = 1_000_000;

    /** More take the planner longer than the answer. */
    private static final int JOINS = 10_000;

    /** The planner takes milliseconds for so many. */
    private static final int CONDITIONS = 2_000;

    /** Rows that are fetched at once. */
    private static final int ROWS = 200;

    /** From so many tables on, compiling a statement may take seconds. */
    private static final int MANY_TABLES = 5;

    private final PostgresNames names;
    private final PostgresDialect dialect;
    private final PostgresCatalog catalog;
    private final PooledWriter writer;
    /** Whether connections are the layer's alone, and set as it wants them. */
    private final boolean own;

    private final FollowedTables followed;
    private final Optional<LogReader> log;

    private final WrittenSelections written = new WrittenSelections(this);

    private PostgresLayer(
            String name,
            ServerSettings settings,
            Sessions sessions,
            Environment environment,
            PostgresNames names,
            PostgresDialect dialect,
            PostgresCatalog catalog,
            FollowedTables followed,
            Optional<LogReader> log,
            boolean own,
            Optional<DataSource> driver,
            Optional<PostgresReplicas> replicas) {
        super(name, settings.access(), sessions, dialect, catalog, CONSTANTS, JOINS, CONDITIONS);
        this.names = names;
        this.dialect = dialect;
        this.catalog = catalog;
        this.own = own;
        replicas.ifPresent(this::readFrom);
        this.followed = followed;
        this.log = log;
        if (log.isEmpty()) {
            driver.ifPresent(
                    source -> signal().listenBy(new PostgresNotifications(name, source, signal(), environment)));
        }
        SchemaGuard guard = new SchemaGuard(catalog);
        RowStatements statements = new RowStatements(dialect);
        this.writer = new PooledWriter(
                sessions,
                environment,
                new Waiting(settings.busySeconds(), own),
                catalog,
                (session, failing) -> new BatchWriter(
                        session,
                        dialect,
                        catalog,
                        guard,
                        selection -> sources(session),
                        statements,
                        new ExistingRows(session, dialect, catalog.existing(), name),
                        failing));
    }

    /**
     * Opens a layer.
     *
     * @param replicas servers that follow this one
     * @param driver where a connection beside {@code connections} can be had; empty where only those are the layer's
     * @param log how changes are read from the server's log; empty where they are noted
     */
    public static Layer open(
            String name,
            ServerSettings settings,
            Optional<String> schema,
            Connections connections,
            Optional<DataSource> driver,
            Optional<ReadLog> log,
            Optional<PostgresReplicas> replicas,
            PostgresErrors errors,
            Environment environment) {
        PostgresStops before = new PostgresStops(settings.isOwn());
        Sessions first = new Sessions(name, connections, errors, new StatementWatch(name, before, environment));
        Opened opened = first.run("Opening", session -> opened(session, schema, errors));
        // Who sets the threshold knows of a pooler that looks after prepared statements.
        boolean keepsNothing =
                opened.behindPooler() && !settings.address().properties().containsKey(PostgresPooler.THRESHOLD);
        boolean own = settings.isOwn() && !opened.behindPooler();
        Sessions sessions = new Sessions(
                name,
                keepsNothing ? new PostgresPooler(connections) : connections,
                errors,
                new StatementWatch(name, new PostgresStops(own), environment));
        PostgresDialect dialect = new PostgresDialect(opened.names());
        PostgresCatalog catalog = new PostgresCatalog(opened.names(), dialect, log.isPresent());
        FollowedTables followed;
        Optional<LogReader> reader = Optional.empty();
        if (log.isPresent()) {
            ReadLog way = log.get();
            PostgresPublication published = new PostgresPublication(
                    opened.names(),
                    dialect,
                    catalog,
                    way.kept() ? Optional.of(settings.address().database()) : Optional.empty());
            followed = published;
            reader = Optional.of(new PostgresLog(
                    sessions,
                    published,
                    errors,
                    way.replication(),
                    environment,
                    settings.busySeconds(),
                    settings.access() == Capabilities.Access.READ_WRITE));
        } else {
            followed = new PostgresChangeNotes(name, opened.names(), dialect);
        }
        return new PostgresLayer(
                name,
                settings,
                sessions,
                environment,
                opened.names(),
                dialect,
                catalog,
                followed,
                reader,
                own,
                opened.behindPooler() ? Optional.empty() : driver,
                replicas);
    }

    /**
     * The way in which changes are read from the server's log.
     *
     * @param replication connections for replication
     * @param kept whether a slot stays, so that positions outlast feeds
     */
    public record ReadLog(DataSource replication, boolean kept) {}

    /** The findings of the first connection. */
    private record Opened(PostgresNames names, boolean behindPooler) {}

    private static Opened opened(Session session, Optional<String> schema, PostgresErrors errors) throws SQLException {
        Sql sql = Sql.of(
                "SELECT current_setting('server_version_num'), current_setting('server_encoding'), current_schema(), ("
                        + "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = ?), pg_backend_pid(),"
                        + " current_setting('fsync'), current_setting('synchronous_commit')",
                schema.orElse(""));
        return session.query(sql, rows -> {
            rows.next();
            if (Integer.parseInt(rows.getString(1)) < OLDEST) {
                throw new ConfigurationException(
                        "Opening " + errors.where() + " failed: korm needs PostgreSQL 14 or later. Upgrade the server");
            }
            if (!"UTF8".equals(rows.getString(2))) {
                throw new ConfigurationException("Opening " + errors.where()
                        + " failed: the database's encoding is not UTF8, and could not hold every text. Create one"
                        + " with ENCODING 'UTF8'");
            }
            if (schema.isPresent() ? rows.getLong(4) == 0 : rows.getString(3) == null) {
                throw new ConfigurationException("Opening " + errors.where()
                        + " failed: there is no such schema. Create it, or name another with schema(…)");
            }
            warnOfLosses(errors.where(), rows.getString(6), rows.getString(7));
            return new Opened(
                    PostgresNames.of(schema.isPresent() ? schema.get() : rows.getString(3)),
                    PostgresPooler.isBetween(session.connection(), rows.getInt(5)));
        });
    }

    private static void warnOfLosses(String where, String fsync, String synchronousCommit) {
        if ("off".equals(fsync)) {
            LOG.warn(
                    "{} runs with fsync = off: a power cut can lose changes that were acknowledged, and damage the database",
                    where);
        } else if ("off".equals(synchronousCommit)) {
            LOG.warn(
                    "The {} gives connections with synchronous_commit = off: a crash of the server can lose changes that were acknowledged."
                            + " Set it to on in the data source or for the user",
                    where);
        }
    }

    @Override
    protected PooledWriter changes() {
        return writer;
    }

    @Override
    protected FollowedTables followedTables() {
        return followed;
    }

    @Override
    protected Optional<LogReader> log() {
        return log;
    }

    /** Begins a transaction that sees what is committed, also where the server's default is serializable: then those who write would be held to what it reads. */
    @Override
    protected void beginReadingNotes(Session session) throws SQLException {
        session.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY");
    }

    @Override
    protected List<ColumnSchema> notedColumns() {
        return List.of();
    }

    @Override
    protected List<TableName> items(Session session, String column) throws SQLException {
        return catalog.items(session, column);
    }

    @Override
    protected void checkNames(TableSchema wanted) {
        TableSchemas.checkNames(wanted);
        TableSchemas.checkLengths(wanted, PostgresNames.LONGEST, "and PostgreSQL would cut it off");
    }

    /** Selections that differ by their constants alone are written once. */
    @Override
    public RowCursor select(Selection selection) {
        Optional<RowCursor> rows = written.select(selection);
        return rows.isPresent() ? rows.get() : super.select(selection);
    }

    @Override
    protected boolean triesFew(Selection selection) {
        return selection.order().isEmpty() && selection.groupBy().isEmpty();
    }

    @Override
    protected int fetched() {
        return ROWS;
    }

    @Override
    protected boolean tune(Session session, Selection selection) throws SQLException {
        if (own || selection.tables().size() < MANY_TABLES) {
            return false;
        }
        session.connection().setAutoCommit(false);
        session.execute("SET LOCAL jit = off");
        return true;
    }

    /** Begins a transaction, within which alone the driver fetches parts; few rows are spared its beginning and end. */
    @Override
    protected void begin(Session session, boolean few) throws SQLException {
        session.connection().setAutoCommit(few);
    }

    @Override
    protected void fetch(PreparedStatement statement, boolean few) throws SQLException {
        statement.setFetchSize(few ? 0 : ROWS);
    }

    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        catalog.existing().shown().requireOwn(table);
        requireWritable();
        return Optional.of(new PostgresLoad(sessions(), names, dialect, table, columns, target, signal()::tell));
    }

    /** Begins the transaction, and looks: the server keeps the moment of the first statement that reads. */
    @Override
    protected void beginSnapshot(Session session) throws SQLException {
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        if (!own) {
            session.execute("SET LOCAL jit = off");
        }
        session.query(new Sql("SELECT 1", List.of()), rows -> rows.next());
    }

    @Override
    protected Object neutral(Object bound) {
        if (bound instanceof String[]) {
            return new String[0];
        }
        if (!(bound instanceof PGobject object)) {
            return PlanReader.neutral(bound);
        }
        PGobject other = new PGobject();
        other.setType(object.getType());
        try {
            other.setValue("1");
        } catch (SQLException never) {
            throw new IllegalStateException(never);
        }
        return other;
    }

    /**
     * Connections of the layer's own are set by {@link #settings} when they are made, at no cost. On others each statement of a
     * change is limited in time, and in changes of many rows the wait for locks alone.
     */
    private record Waiting(int seconds, boolean own) implements PooledWriter.Waiting {
        @Override
        public int statement(boolean manyRows) {
            return own || manyRows ? 0 : seconds;
        }

        @Override
        public void transaction(Session session, boolean manyRows) throws SQLException {
            if (!own && manyRows) {
                session.execute("SET LOCAL lock_timeout = " + seconds * 1000L);
                session.execute("SET LOCAL jit = off");
            }
        }
    }

    /**
     * Returns the statements that set a connection of the layer's own.
     *
     * <p>Statements are not compiled: the server decides by estimates, which are far too high where arrays of JSON are opened for each
     * row, and then compiles each expression of each join for longer than the answer takes.
     *
     * <p>A commit is acknowledged when it is durable, whatever the server, the database or the user has as default; a stricter one stays.
     */
    public static String settings(int busySeconds) {
        return "SET lock_timeout = " + Math.min(Integer.MAX_VALUE, busySeconds * 1000L) + "; SET jit = off;"
                + " SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
    }
}
