package dev.korm.jdbc.server;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.ValueException;
import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.FollowedTables;
import dev.korm.jdbc.feed.LogReader;
import dev.korm.jdbc.session.JdbcCursor;
import dev.korm.jdbc.session.ListCursor;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.StoppedException;
import dev.korm.jdbc.session.StoreErrors;
import dev.korm.jdbc.session.UncheckedSqlException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.Catalog;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.limit.ReplicaReads;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A layer on a database server. Every call takes a connection and gives it back; a cursor gives it back at its end.
 *
 * <p>A subclass says what is its database's own: dialect, catalogue, and how rows are streamed.
 */
public abstract class ServerLayer implements Layer {
    public static final Object[] NO_CONSTANTS = new Object[0];

    private final String name;
    private final StoreErrors errors;
    private final Capabilities capabilities;
    private final Sessions sessions;
    private final Dialect dialect;
    private final Catalog catalog;

    private final KnownTables tables;
    private final ChangeSignal signal = new ChangeSignal();

    /** Null where there are none. */
    private @Nullable Replicas replicas;

    /**
     * Makes the layer.
     *
     * @param constants how many a selection may carry, lists included
     * @param joins how many a selection may have
     * @param conditions how many a selection may have
     */
    protected ServerLayer(
            String name,
            Capabilities.Access access,
            Sessions sessions,
            Dialect dialect,
            Catalog catalog,
            int constants,
            int joins,
            int conditions) {
        this.name = name;
        this.errors = sessions.errors();
        this.sessions = sessions;
        this.dialect = dialect;
        this.catalog = catalog;
        this.tables = new KnownTables(name, sessions, catalog);
        Capabilities able = ServerCapabilities.of(access, constants, joins, conditions);
        this.capabilities = sessions.mayBeSurrounded() ? able.with(Capabilities.Feature.JOINED_TRANSACTIONS) : able;
    }

    /** Has selections answered by other servers too, where {@link ReplicaReads} allows it. Said before anybody uses the layer. */
    protected final void readFrom(Replicas others) {
        replicas = others;
        sessions.tellOfUse(others::changed);
    }

    @Override
    public final boolean hasReplicas() {
        return replicas != null;
    }

    /** Returns the writer of changes; made by the subclass. */
    protected abstract PooledWriter changes();

    /** Returns the tables whose changes are told; made by the subclass. */
    protected abstract FollowedTables followedTables();

    /** Returns what reads changes from the server's log; empty where they are noted. */
    protected Optional<LogReader> log() {
        return Optional.empty();
    }

    /** Makes the session's transaction one that reads notes as they were committed, and disturbs nobody who writes. */
    protected abstract void beginReadingNotes(Session session) throws SQLException;

    /** Returns the hidden columns that notes of a table need. */
    protected abstract List<ColumnSchema> notedColumns();

    /** Returns the tables of items that have a column. */
    protected abstract List<TableName> items(Session session, String column) throws SQLException;

    /** Refuses names that the database cannot have. */
    protected abstract void checkNames(TableSchema wanted);

    /** Makes a session ready for an answer that comes whole, since its rows are few, or a part at a time. */
    protected abstract void begin(Session session, boolean few) throws SQLException;

    /** Makes a statement ready to answer: whole when its rows are few, else a part at a time. */
    protected abstract void fetch(PreparedStatement statement, boolean few) throws SQLException;

    /** Returns a value of the same type that says nothing, for a plan that shows what it was made for. */
    protected abstract Object neutral(Object bound);

    /** Returns what wakes the feeds of the layer. */
    protected final ChangeSignal signal() {
        return signal;
    }

    public final Sessions sessions() {
        return sessions;
    }

    final StoreErrors errors() {
        return errors;
    }

    /** Returns the tables as {@link BatchWriter} and statements within a transaction see them. */
    public final TableSources sources(Session session) {
        return tables.sources(session);
    }

    public final TableSources sources() {
        return tables.sources();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public final List<TableName> tables() {
        return tables(TableName.ID);
    }

    @Override
    public final List<TableName> tables(String column) {
        return sessions.run("Listing tables", session -> items(session, column));
    }

    @Override
    public final Optional<TableSchema> describe(TableName table) {
        return tables.describe(table);
    }

    @Override
    public final Optional<TableSchema> show(ExistingTable table) {
        Optional<TableSchema> shown = sessions.run("Looking at table " + table.name(), session -> catalog.existing()
                .show(session, table));
        tables.remember(table.items(), shown);
        return shown;
    }

    @Override
    public final long nextKey(TableName table) {
        return sessions.run(
                "Drawing a key of " + table, session -> catalog.existing().next(session, table));
    }

    @Override
    public final TableSchema evolve(TableSchema wanted, Set<String> replace) {
        catalog.existing().shown().requireOwn(wanted.table());
        checkNames(wanted);
        Optional<TableSchema> now = tables.describe(wanted.table());
        if (now.isPresent()
                && TableSchemas.covers(now.get(), wanted, replace)
                && (capabilities.access() == Capabilities.Access.READ_ONLY || isComplete(now.get(), wanted))) {
            return now.get();
        }
        TableSchema evolved = writer().evolve(wanted, Set.copyOf(replace));
        boolean marks = evolved.has(TableName.DELETED)
                && now.filter(was -> !was.has(TableName.DELETED)).isPresent();
        if (marks && feed().isFollowed(now.get())) {
            writer().changeSchema("Following table " + wanted.table(), session -> feed().follow(session, evolved));
        }
        tables.remember(wanted.table(), Optional.of(evolved));
        return evolved;
    }

    /** Returns whether a table that has all that is wanted has what the database needs beside it. */
    protected boolean isComplete(TableSchema actual, TableSchema wanted) {
        return true;
    }

    @Override
    public final boolean exchange(ColumnExchange exchange) {
        catalog.existing().shown().requireOwn(exchange.table());
        try {
            return writer().changeSchema(
                            "Converting a column of " + exchange.table(),
                            session -> catalog.exchange(session, exchange));
        } finally {
            tables.remember(exchange.table(), Optional.empty());
        }
    }

    @Override
    public final boolean drop(TableName table) {
        catalog.existing().shown().requireOwn(table);
        SqlWriter sql = dialect.writer().add("DROP TABLE IF EXISTS ");
        dialect.table(sql, table);
        writer().changeSchema("Dropping table " + table, session -> {
            followedTables().dropped(session, table);
            session.execute(sql.toSql().text());
            return true;
        });
        tables.remember(table, Optional.empty());
        log().ifPresent(LogReader::release);
        return true;
    }

    @Override
    public RowCursor select(Selection selection) {
        return compile(selection).select(NO_CONSTANTS);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return new Compiled(selection);
    }

    @Override
    public final StorePlan explain(Selection selection) {
        Sql sql = explained(selection);
        return new PlanReader(this::neutral).read(sessions, selection, sql);
    }

    /** Returns the statement that the selection becomes. */
    public Sql explained(Selection selection) {
        return new Compiled(selection).written();
    }

    @Override
    public final BatchResult apply(Batch batch) {
        return signal.told(batch, writer().apply(batch));
    }

    @Override
    public final PreparedBatch prepare(Batch batch) {
        return signal.telling(batch, writer().prepare(batch));
    }

    @Override
    public final Instant time() {
        return Instant.ofEpochMilli(sessions.run(
                "Asking for the time",
                session -> session.query(new Sql(dialect.time(), List.of()), rows -> {
                    rows.next();
                    return rows.getLong(1);
                })));
    }

    /** Takes a connection, which the snapshot keeps until it is closed. */
    @Override
    public final Snapshot snapshot() {
        // Its rows are read for as long as it takes to copy them.
        Session session = sessions.takeUnlimited();
        boolean taken = false;
        try {
            session.connection().setAutoCommit(false);
            beginSnapshot(session);
            Snapshot snapshot = new SnapshotTransaction(this, session, dialect, catalog).snapshot();
            taken = true;
            return snapshot;
        } catch (SQLException e) {
            session.failed(e);
            throw sessions.isClosed()
                    ? sessions.closedLayer()
                    : errors.translate("Taking a snapshot", e, Outcome.NOT_APPLIED);
        } catch (RuntimeException | Error e) {
            session.failed(e);
            throw e;
        } finally {
            if (!taken) {
                sessions.release(session);
            }
        }
    }

    @Override
    public final void limitStatements(Duration longest) {
        sessions.limitStatements(longest);
        if (replicas != null) {
            replicas.limitStatements(longest);
        }
    }

    @Override
    public final void observe(StatementObserver observer) {
        sessions.tap().observe(observer);
        if (replicas != null) {
            replicas.observe(observer);
        }
    }

    /** Makes the session's transaction one that sees this moment, whatever is committed later. */
    protected abstract void beginSnapshot(Session session) throws SQLException;

    /** Returns the rows of a selection that is not one statement, within a transaction; empty where it is one. */
    protected Optional<RowCursor> residual(
            Session session, Selection selection, Function<SQLException, RuntimeException> meaning) {
        return Optional.empty();
    }

    @Override
    public final void follow(TableName table) {
        signal.follows(table);
        if (log().isEmpty()) {
            catalog.existing().shown().requireOwn(table);
        }
        feed().follow(table);
    }

    @Override
    public final void unfollow(TableName table) {
        feed().unfollow(table);
    }

    @Override
    public final void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        feed().forget(before, needed);
    }

    @Override
    public final ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        return feed().open(from);
    }

    private ServerFeed feed() {
        return new ServerFeed(this, followedTables(), catalog, signal);
    }

    /** Returns the writer, where the layer may be written. */
    final PooledWriter writer() {
        requireWritable();
        return changes();
    }

    /** Refuses a change when the layer is closed, or read-only. */
    protected final void requireWritable() {
        sessions.checkOpen();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw new StoreReadOnlyException(
                    name,
                    "Writing failed on " + errors.where()
                            + ": the layer was opened read-only. Open it without readOnly()",
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    @Override
    public final void close() {
        if (sessions.markClosed()) {
            signal.close();
            changes().close();
            if (replicas != null) {
                replicas.close();
            }
            sessions.close();
        }
    }

    /** A selection that is one statement. */
    public final class Compiled implements CompiledSelection {
        private final Selection selection;
        private final ColumnReader[] readings;
        private final boolean few;
        private volatile @Nullable Sql written;

        public Compiled(Selection selection) {
            this.selection = selection;
            this.readings = ColumnReader.of(selection.outputs());
            this.few = FewRows.areSelectedBy(selection);
        }

        Sql written() {
            Sql kept = written;
            if (kept != null) {
                return kept;
            }
            sessions.checkOpen();
            TableSources sources = sources();
            Sql sql = SelectionSql.query(selection, dialect, sources);
            if (!sources.provisional()) {
                written = sql;
            }
            return sql;
        }

        @Override
        public RowCursor select(Object... constants) {
            return stream(selection, written(), constants, readings, few);
        }
    }

    /** Asks a question and answers its rows as they come. */
    public final RowCursor stream(
            Selection selection, Sql sql, Object[] constants, ColumnReader[] readings, boolean few) {
        Replicas others = replicas;
        ReplicaReads question = others == null ? null : ReplicaReads.current().orElse(null);
        Sessions server = others == null || question == null
                ? null
                : question.server(name, Sessions.class, others::current).orElse(null);
        if (others != null && question != null && server != null) {
            try {
                return stream(
                        server,
                        selection,
                        sql,
                        constants,
                        readings,
                        few,
                        error -> failure(others, question, server, selection, error));
            } catch (StatementTimeoutException | OperationInterruptedException ended) {
                throw ended;
            } catch (KormException failed) {
                // The server that takes changes says so too, if it is not the replica's affair.
                question.failed(name);
                if (failed instanceof StoreUnavailableException) {
                    others.failed(server);
                }
            }
        }
        return stream(sessions, selection, sql, constants, readings, few, error -> failure(selection, error));
    }

    /** Returns the exception for a selection that failed on a replica, also where rows were taken before; the question is put anew. */
    private RuntimeException failure(
            Replicas others, ReplicaReads question, Sessions server, Selection selection, SQLException e) {
        if (!(e instanceof StoppedException)) {
            question.failed(name);
            if (server.errors().isLost(e)) {
                others.failed(server);
            }
        }
        return sessions.isClosed()
                ? sessions.closedLayer()
                : server.errors()
                        .translate(
                                "Reading from table " + selection.from(),
                                selection.from().collection().orElse(null),
                                e,
                                Outcome.NOT_APPLIED);
    }

    private RowCursor stream(
            Sessions server,
            Selection selection,
            Sql sql,
            Object[] constants,
            ColumnReader[] readings,
            boolean few,
            Function<SQLException, RuntimeException> meaning) {
        Session session = server.take(0);
        session.selects();
        boolean held = false;
        try {
            boolean tuned = tune(session, selection);
            if (!few && !tuned && triesFew(selection)) {
                Optional<ListCursor> all = few(session, sql, constants, readings);
                if (all.isPresent()) {
                    return open(all.get());
                }
            }
            boolean whole = few && !tuned;
            begin(session, whole);
            String text = session.limited(sql.text());
            PreparedStatement statement = session.prepare(text);
            sql.bind(statement, 1, constants);
            fetch(statement, whole);
            StatementTap.Sent sent = session.tap().begin(sql.text());
            JdbcCursor answer = new JdbcCursor(
                            session.waiting(statement, sent, () -> Session.rows(statement, text.equals(sql.text()))),
                            readings,
                            torn -> {
                                if (torn) {
                                    session.markBroken();
                                }
                                server.release(session);
                            },
                            meaning)
                    .telling(session::failed)
                    .tapped(sent)
                    .fetching(whole ? 0 : fetched());
            RowCursor rows = open(whole ? answer : answer.comingFrom(session));
            held = true;
            return rows;
        } catch (SQLException e) {
            session.failed(e);
            // Finding out what it means takes a session, and there may be no other.
            held = true;
            server.release(session);
            throw meaning.apply(e);
        } catch (RuntimeException | Error e) {
            session.failed(e);
            throw e;
        } finally {
            if (!held) {
                server.release(session);
            }
        }
    }

    /** Returns all rows, where they are few enough to be fetched at once. */
    private Optional<ListCursor> few(Session session, Sql sql, Object[] constants, ColumnReader[] readings)
            throws SQLException {
        begin(session, true);
        String text = session.limited(sql.text());
        PreparedStatement statement = session.prepare(text);
        sql.bind(statement, 1, constants);
        fetch(statement, true);
        statement.setMaxRows(fetched() + 1);
        StatementTap.Sent sent = session.tap().begin(sql.text());
        try (JdbcCursor rows = new JdbcCursor(
                        session.waiting(statement, sent, () -> Session.rows(statement, text.equals(sql.text()))),
                        readings,
                        torn -> {},
                        UncheckedSqlException::new)
                .telling(session::failed)
                .tapped(sent)) {
            ListCursor all = ListCursor.of(rows, readings.length);
            return all.size() <= fetched() ? Optional.of(all) : Optional.empty();
        } catch (UncheckedSqlException e) {
            throw e.reason();
        } finally {
            statement.setMaxRows(0);
        }
    }

    /**
     * Begins a transaction with settings that the server needs to answer the selection in good time, and returns whether it did; not
     * where none are needed, or the connection has them.
     */
    protected boolean tune(Session session, Selection selection) throws SQLException {
        return false;
    }

    /**
     * Returns whether the rows are first asked for as if they were few, and once more where they are not. That is worth
     * it where rows that are fetched in parts cost a round trip more, and where no rows have to be found before the
     * first can come.
     */
    protected boolean triesFew(Selection selection) {
        return false;
    }

    /** Returns how many rows are fetched at first; 0 where the driver reads them one by one. */
    protected int fetched() {
        return 0;
    }

    /** Returns the rows, which end with the layer. */
    public final RowCursor open(RowCursor rows) {
        return new LayerCursor(sessions, rows);
    }

    /** Returns the exception for a selection that failed, after looking at the tables. */
    public final RuntimeException failure(Selection selection, SQLException e) {
        RuntimeException meaning = meaning(selection, e);
        if (sessions.isClosed() || meaning instanceof ValueException || !dialect.mayBeMissing(e)) {
            return meaning;
        }
        Optional<TableName> missing =
                sessions.run("Describing table " + selection.from(), session -> RequiredColumns.of(selection)
                        .missing(table -> catalog.read(session, table)));
        // Where nothing is missing any more, somebody has made it between the statement and this look.
        return new SchemaMovedException(missing.orElse(selection.from()), e);
    }

    final RuntimeException meaning(String attempted, SQLException e) {
        return sessions.isClosed() ? sessions.closedLayer() : errors.translate(attempted, e, Outcome.NOT_APPLIED);
    }

    /** Returns what an error of a selection means by itself. */
    final RuntimeException meaning(Selection selection, SQLException e) {
        if (sessions.isClosed()) {
            return sessions.closedLayer();
        }
        return SumErrors.of(name, selection, e)
                .orElseGet(() -> errors.translate(
                        "Reading from table " + selection.from(),
                        selection.from().collection().orElse(null),
                        e,
                        Outcome.NOT_APPLIED));
    }
}
