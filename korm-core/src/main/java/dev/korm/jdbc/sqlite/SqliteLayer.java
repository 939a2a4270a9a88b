package dev.korm.jdbc.sqlite;

import dev.korm.ClosedException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.ValueException;
import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.NotedChanges;
import dev.korm.jdbc.session.JdbcCursor;
import dev.korm.jdbc.session.JdbcSnapshot;
import dev.korm.jdbc.session.ListCursor;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.session.StoppedException;
import dev.korm.jdbc.session.UncheckedSqlException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.InsertStatements;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.SchemaGuard;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An SQLite database: one connection that writes, several that read. In memory one connection does both, so reads wait for
 * changes and are read whole before they are answered.
 */
public final class SqliteLayer implements Layer {
    /** Long lists are bound as one value each. */
    private static final int CONSTANTS = 1_000_000;

    /** The planner takes milliseconds for so many. */
    private static final int CONDITIONS = 2_000;

    /** SQLite has 64 tables in a join. */
    private static final int JOINS = 60;

    private static final Object[] NO_CONSTANTS = new Object[0];

    private final String name;
    private final SqliteErrors errors;
    private final Capabilities capabilities;
    private final SqliteDialect dialect = SqliteDialect.INSTANCE;
    private final SqliteCatalog catalog = new SqliteCatalog();
    private final SqliteSchema schema = new SqliteSchema(catalog);
    private final StatementTap tap = new StatementTap();
    private final ChangeSignal signal = new ChangeSignal();
    private final SqliteChangeNotes notes;

    /** Null in a read-only layer. */
    private final @Nullable SqliteWriter writer;

    /** Null in memory. */
    private final @Nullable ReaderPool readers;

    private final long readerTimeout;
    private final StatementWatch watch;
    private volatile Duration longest = Duration.ZERO;
    private final AtomicBoolean closed = new AtomicBoolean();

    public SqliteLayer(
            String name, Optional<Path> file, SqliteSettings settings, SqliteConnector connector, SqliteErrors errors) {
        this.name = name;
        this.errors = errors;
        this.notes = new SqliteChangeNotes(name);
        this.readerTimeout = settings.readerTimeout().toNanos();
        this.watch = new StatementWatch(name, SqliteStops.INSTANCE, connector.environment());
        boolean readOnly = settings.isReadOnly();
        this.capabilities = Capabilities.LEAST
                .withAccess(readOnly ? Capabilities.Access.READ_ONLY : Capabilities.Access.READ_WRITE)
                .with(
                        Feature.HELD_TRANSACTIONS,
                        Feature.SINGLE_WRITER,
                        Feature.JOINS,
                        Feature.FENCES,
                        Feature.ROW_GUARDS,
                        Feature.CHANGE_FEED,
                        Feature.EXISTING_TABLES,
                        Feature.COLUMN_EXCHANGE)
                .with(file.isPresent() ? new Feature[] {Feature.SNAPSHOTS} : new Feature[0])
                .with(file.isPresent() && !settings.isSynced() ? new Feature[0] : new Feature[] {Feature.DURABLE})
                .withPushdown(condition -> true)
                .withParameterLimit(CONSTANTS)
                .withJoinLimit(JOINS)
                .withConditionLimit(CONDITIONS);
        this.writer = readOnly ? null : writer(connector, settings);
        if (file.isPresent()) {
            ReaderPool pool = new ReaderPool(
                    name,
                    settings.readers(),
                    settings.readerTimeout(),
                    () -> new Session(connector.reader(), tap, watch));
            this.readers = pool;
            if (readOnly) {
                ReaderPool.Lease first = pool.acquire();
                first.over = true;
                pool.passOn();
            }
        } else {
            this.readers = null;
        }
    }

    private SqliteWriter writer(SqliteConnector connector, SqliteSettings settings) {
        WritingSession writing = new WritingSession(connector, errors, tap, watch);
        Session session = writing.session();
        BatchWriter batches = new BatchWriter(
                session,
                dialect,
                catalog,
                new SchemaGuard(catalog),
                selection -> new TableSources(
                        name,
                        table -> uncached(session, table),
                        catalog.existing().shown()),
                new InsertStatements(dialect),
                new ExistingRows(session, dialect, catalog.existing(), name),
                BatchWriter.Failing.LEAVES_TRANSACTION);
        return new SqliteWriter(writing, batches, errors, settings.busyTimeout().toNanos());
    }

    private Optional<TableSchema> uncached(Session session, TableName table) {
        try {
            return catalog.read(session, table);
        } catch (SQLException e) {
            throw errors.translate("Describing table " + table, e, Outcome.NOT_APPLIED);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<TableName> tables() {
        return read("Listing tables", catalog::items);
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        return read("Describing table " + table, session -> schema.describe(session, table));
    }

    @Override
    public Optional<TableSchema> show(ExistingTable table) {
        return read("Looking at table " + table.name(), session -> {
            Optional<TableSchema> shown = catalog.existing().show(session, table);
            schema.forget();
            return shown;
        });
    }

    @Override
    public long nextKey(TableName table) {
        return read("Drawing a key of " + table, session -> catalog.existing().next(session, table));
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        catalog.existing().shown().requireOwn(wanted.table());
        TableSchemas.checkNames(wanted);
        Optional<TableSchema> now = describe(wanted.table());
        if (now.isPresent() && TableSchemas.covers(now.get(), wanted, replace)) {
            return now.get();
        }
        TableSchema evolved = writer().inTransaction("Evolving table " + wanted.table(), session -> {
            boolean followed = now.isPresent() && notes.follows(session, now.get());
            TableSchema after = catalog.evolve(session, wanted, Set.copyOf(replace));
            if (followed && !notes.follows(session, after)) {
                notes.follow(session, after);
            }
            return after;
        });
        // Statements that were written for the table as it was are written anew.
        read("Describing table " + wanted.table(), schema::refresh);
        return evolved;
    }

    @Override
    public boolean exchange(ColumnExchange exchange) {
        catalog.existing().shown().requireOwn(exchange.table());
        boolean done = writer().inTransaction(
                        "Converting a column of " + exchange.table(), session -> catalog.exchange(session, exchange));
        read("Describing table " + exchange.table(), schema::refresh);
        return done;
    }

    @Override
    public boolean drop(TableName table) {
        catalog.existing().shown().requireOwn(table);
        writer().inTransaction("Dropping table " + table, session -> {
            notes.dropped(session, table);
            session.execute(dialect.writer()
                    .add("DROP TABLE IF EXISTS ")
                    .name(table.text())
                    .toSql()
                    .text());
            return true;
        });
        read("Describing table " + table, schema::refresh);
        return true;
    }

    @Override
    public RowCursor select(Selection selection) {
        return new Compiled(selection).select(NO_CONSTANTS);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return new Compiled(selection);
    }

    @Override
    public StorePlan explain(Selection selection) {
        Sql sql = new Compiled(selection).written().sql();
        List<String> steps = read("Explaining a selection from " + selection.from(), session -> {
            Map<Integer, String> indents = new HashMap<>();
            List<String> lines = new ArrayList<>();
            // Placeholders without values are null, which the plan does not depend on.
            try (PreparedStatement statement =
                            session.connection().prepareStatement("EXPLAIN QUERY PLAN " + sql.text());
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String indent = indents.getOrDefault(rows.getInt(2), "");
                    indents.put(rows.getInt(1), indent + "  ");
                    lines.add(indent + rows.getString(4));
                }
            }
            return lines;
        });
        return new StorePlan(sql.text(), sql.slots().size(), steps);
    }

    @Override
    public BatchResult apply(Batch batch) {
        return signal.told(writer().apply(batch, StatementLimit.longest(longest)));
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return signal.telling(writer().prepare(batch, StatementLimit.longest(longest)));
    }

    /** In memory there are neither pages to be kept nor a disk that is waited for. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns) {
        catalog.existing().shown().requireOwn(table);
        return readers == null ? Optional.empty() : Optional.of(writer().load(table, columns, signal::tell));
    }

    @Override
    public Instant time() {
        return Instant.ofEpochMilli(read(
                "Asking for the time",
                session -> session.query(new Sql(dialect.time(), List.of()), rows -> {
                    rows.next();
                    return rows.getLong(1);
                })));
    }

    /**
     * Takes one of the connections that read, which the snapshot keeps until it is closed. While it is open, a checkpoint cannot go beyond it:
     * what is written meanwhile stays in the write-ahead log, which grows and is used anew only when the snapshot was closed.
     */
    @Override
    public Snapshot snapshot() {
        checkReady();
        if (readers == null) {
            return Layer.super.snapshot();
        }
        ReaderPool.Lease lease = readers.acquire();
        boolean taken = false;
        try {
            Session session = lease.session();
            // Its rows are read for as long as it takes to copy them.
            session.allow(Duration.ZERO, true);
            session.execute("BEGIN");
            // SQLite keeps the moment of the first statement that reads.
            session.query(new Sql("SELECT count(*) FROM sqlite_schema", List.of()), rows -> rows.next());
            taken = true;
            return new JdbcSnapshot(name, session, new InTransaction(readers, lease));
        } catch (SQLException e) {
            throw translated("Taking a snapshot", e);
        } finally {
            if (!taken) {
                lease.torn = true;
                lease.over = true;
                readers.passOn();
            }
        }
    }

    /** The transaction of a snapshot. */
    private final class InTransaction implements JdbcSnapshot.Moment {
        private final ReaderPool pool;
        private final ReaderPool.Lease lease;

        InTransaction(ReaderPool pool, ReaderPool.Lease lease) {
            this.pool = pool;
            this.lease = lease;
        }

        @Override
        public void check() {
            checkReady();
        }

        @Override
        public Dialect dialect(Selection selection) {
            return sumsWholeNumbers(selection) ? SqliteDialect.EXACT_SUMS : dialect;
        }

        @Override
        public ChangeFeed.Position position() throws SQLException {
            return notes.now(lease.session());
        }

        @Override
        public RuntimeException meaning(SQLException error) {
            return translated("Asking for the position of a snapshot", error);
        }

        @Override
        public Optional<TableSchema> read(TableName table) throws SQLException {
            return catalog.read(lease.session(), table);
        }

        @Override
        public ShownTable.Known shown() {
            return catalog.existing().shown();
        }

        @Override
        public void begin(PreparedStatement statement) {
            // Rows come one by one.
        }

        @Override
        public RuntimeException meaning(Selection selection, SQLException error) {
            return translated("Reading from table " + selection.from(), error);
        }

        @Override
        public void release() {
            boolean ended = false;
            try {
                lease.session().execute("ROLLBACK");
                ended = true;
            } catch (SQLException cannotEnd) {
                // Whoever takes the place next opens another connection.
                ended = false;
            } finally {
                lease.torn |= !ended;
                lease.over = true;
                pool.passOn();
            }
        }
    }

    @Override
    public void follow(TableName table) {
        catalog.existing().shown().requireOwn(table);
        ColumnSchema key = new ColumnSchema(table.key(), ColumnKind.ID);
        ColumnSchema revision = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
        TableSchema schema = evolve(new TableSchema(table, List.of(key, revision), List.of()), Set.of());
        if (!read("Following table " + table, session -> notes.follows(session, schema))) {
            writer().inTransaction("Following table " + table, session -> {
                notes.follow(session, catalog.read(session, table).orElse(schema));
                return true;
            });
        }
    }

    @Override
    public void unfollow(TableName table) {
        writer().inTransaction("Following table " + table + " no more", session -> {
            notes.unfollow(session, table);
            return true;
        });
    }

    @Override
    public void forgetChanges(Instant before) {
        writer().inTransaction("Forgetting changes", session -> {
            if (notes.areThere(session)) {
                notes.forget(session, before.toEpochMilli());
            }
            return true;
        });
    }

    /** Returns what a reading of notes meant by a failure: where there are none any more, as after a reset, every position is lost. */
    private RuntimeException lostWith(StoreException failure) {
        boolean there = read("Reading changes", notes::areThere);
        return there ? failure : ChangeNotes.lost(name);
    }

    @Override
    public ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        if (!read("Opening the feed", notes::areThere)) {
            writer().inTransaction("Opening the feed", session -> {
                notes.make(session);
                return true;
            });
        }
        ChangeFeed.Position begin = from.orElseGet(() -> read("Opening the feed", notes::now));
        return new NotedChanges(
                name,
                begin,
                position -> {
                    try {
                        return read("Reading changes", session -> notes.after(session, position));
                    } catch (StoreException failure) {
                        throw lostWith(failure);
                    }
                },
                signal);
    }

    @Override
    public void limitStatements(Duration limit) {
        longest = limit;
    }

    @Override
    public void observe(StatementObserver observer) {
        tap.observe(observer);
    }

    private SqliteWriter writer() {
        checkReady();
        if (writer == null) {
            throw new StoreReadOnlyException(
                    name,
                    "Writing failed on " + errors.where()
                            + ": the layer was opened read-only. Open it without readOnly()",
                    Outcome.NOT_APPLIED,
                    null);
        }
        return writer;
    }

    /** Refuses a call to a closed layer, and one of a thread that is interrupted. */
    private void checkReady() {
        if (closed.get()) {
            throw new ClosedException("The layer " + name + " was closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException("A call on " + errors.where(), Outcome.NOT_APPLIED, null);
        }
    }

    /** Reads something small, whole. */
    private <T> T read(String attempted, SqliteWriter.Work<T> work) {
        checkReady();
        try {
            return readers == null ? writer().alone(readerTimeout, work) : read(readers, work);
        } catch (SQLException e) {
            throw translated(attempted, e);
        }
    }

    private <T> T read(ReaderPool pool, SqliteWriter.Work<T> work) throws SQLException {
        ReaderPool.Lease lease = pool.acquire();
        try {
            lease.session().allow(StatementLimit.longest(longest), true);
            return work.run(lease.session());
        } catch (RuntimeException | Error e) {
            lease.failed(e);
            throw e;
        } finally {
            lease.over = true;
            pool.passOn();
        }
    }

    private KormException translated(String attempted, SQLException e) {
        return translated(attempted, null, e);
    }

    /** @param table the one that was read; null for several, or what is no item */
    private KormException translated(String attempted, @Nullable TableName table, SQLException e) {
        if (closed.get()) {
            return new ClosedException("The layer " + name + " was closed");
        }
        if (!(e instanceof StoppedException stopped)) {
            return errors.translate(attempted, e, Outcome.NOT_APPLIED);
        }
        String where = attempted + " on " + errors.where();
        if (stopped.reason() == StoppedException.Reason.INTERRUPTED) {
            Thread.currentThread().interrupt();
            return new OperationInterruptedException(where, Outcome.NOT_APPLIED, e);
        }
        String collection = table == null ? null : table.collection().orElse(null);
        return new StatementTimeoutException(name, collection, where, stopped.limit(), Outcome.NOT_APPLIED, e);
    }

    private Optional<TableSchema> cached(TableName table) {
        SqliteSchema.Snapshot snapshot = schema.snapshot();
        return snapshot.knows(table) ? snapshot.schema(table) : describe(table);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            watch.close();
            if (readers != null) {
                readers.close();
            }
        } finally {
            if (writer != null) {
                closeWriter(writer);
            }
        }
    }

    private void closeWriter(SqliteWriter open) {
        try {
            open.close(session -> {
                if (readers != null) {
                    session.query(new Sql("PRAGMA wal_checkpoint(TRUNCATE)", List.of()), rows -> rows.next());
                }
                return true;
            });
        } catch (SQLException e) {
            throw errors.translate("Closing", e, Outcome.NOT_APPLIED);
        }
    }

    /** Returns the writer, for tests. */
    Optional<SqliteWriter> writerForTests() {
        return Optional.ofNullable(writer);
    }

    /** Returns the number of open readers, for tests. */
    int openReaders() {
        return readers == null ? 0 : readers.opened();
    }

    /** A selection as SQL, for the schema as it was when it was written. */
    private record Written(SqliteSchema.Snapshot snapshot, Sql sql, boolean provisional) {}

    private final class Compiled implements CompiledSelection {
        private final Selection selection;
        private final ColumnReader[] readings;
        private final SqliteDialect dialect;
        private final boolean isSecond;
        private volatile @Nullable Written written;

        /** Groups come one after the other, so what fails in the middle of them could not begin again: their sums are exact at once. */
        Compiled(Selection selection) {
            this(
                    selection,
                    !selection.groupBy().isEmpty() && sumsWholeNumbers(selection)
                            ? SqliteDialect.EXACT_SUMS
                            : SqliteDialect.INSTANCE,
                    false);
        }

        /** @param isSecond whether it was asked before, and failed */
        private Compiled(Selection selection, SqliteDialect dialect, boolean isSecond) {
            this.isSecond = isSecond;
            this.selection = selection;
            this.readings = ColumnReader.of(selection.outputs());
            this.dialect = dialect;
        }

        Written written() {
            Written known = written;
            if (known != null && known.provisional()) {
                read("Describing table " + selection.from(), schema::refresh);
            }
            SqliteSchema.Snapshot current = schema.snapshot();
            if (known == null || known.snapshot() != current) {
                TableSources sources = new TableSources(
                        name, SqliteLayer.this::cached, catalog.existing().shown());
                Sql sql = SelectionSql.query(selection, dialect, sources);
                known = new Written(current, sql, sources.provisional());
                written = known;
            }
            return known;
        }

        @Override
        public RowCursor select(Object... constants) {
            checkReady();
            Sql sql = written().sql();
            if (readers == null) {
                return inMemory(sql, constants);
            }
            return streamed(readers, sql, constants);
        }

        private RowCursor streamed(ReaderPool pool, Sql sql, Object[] constants) {
            ReaderPool.Lease lease = pool.acquire();
            boolean started = false;
            try {
                RowCursor rows = start(lease.session(), sql, constants, torn -> {
                    lease.torn |= torn;
                    lease.over = true;
                    pool.passOn();
                });
                started = true;
                return rows;
            } catch (SQLException e) {
                // Ended before anything else is asked, which takes a connection.
                lease.over = true;
                return again(e, constants);
            } catch (RuntimeException | Error e) {
                lease.failed(e);
                throw e;
            } finally {
                if (!started) {
                    lease.over = true;
                    pool.passOn();
                }
            }
        }

        private RowCursor inMemory(Sql sql, Object[] constants) {
            try {
                return writer().alone(readerTimeout, session -> {
                    try (RowCursor cursor = start(session, sql, constants, torn -> {})) {
                        return ListCursor.of(cursor, readings.length);
                    } catch (UncheckedSqlException e) {
                        throw e.reason();
                    }
                });
            } catch (SQLException e) {
                return again(e, constants);
            }
        }

        /**
         * Runs the selection again: with an exact sum, since SQLite's own may have gone beyond 64 bits on its way to one
         * that fits; or as it is, once, when what the statement did not find is there.
         */
        private RowCursor again(SQLException e, Object[] constants) {
            boolean further =
                    dialect != SqliteDialect.EXACT_SUMS && dialect.mayBeMissing(e) && sumsWholeNumbers(selection);
            if (closed.get()) {
                throw failure(e);
            }
            if (further) {
                return new Compiled(selection, SqliteDialect.EXACT_SUMS, isSecond).select(constants);
            }
            RuntimeException failure = failure(e);
            if (isSecond || !dialect.mayBeMissing(e) || !(failure instanceof StoreException)) {
                throw failure;
            }
            // Somebody may have made what was missing between the statement and the look that has found it.
            return new Compiled(selection, dialect, true).select(constants);
        }

        private RowCursor start(Session session, Sql sql, Object[] constants, JdbcCursor.Release release)
                throws SQLException {
            try {
                PreparedStatement statement = session.prepare(sql.text());
                sql.bind(statement, 1, constants);
                session.allow(StatementLimit.longest(longest), true);
                long begun = tap.begin();
                return new JdbcCursor(
                                session.waiting(statement, statement::executeQuery),
                                readings,
                                release,
                                e -> readers == null ? new UncheckedSqlException(e) : failure(e))
                        .telling(thrown -> {
                            // The session is somebody else's as soon as it is given back.
                            session.failed(sql.text(), thrown);
                        })
                        .comingFrom(session)
                        .tapped(tap, sql.text(), begun);
            } catch (SQLException e) {
                session.failed(sql.text(), e);
                throw e;
            }
        }

        /** Returns the exception for a selection that failed, after looking at the tables. */
        private RuntimeException failure(SQLException e) {
            KormException meaning = translated("Reading from table " + selection.from(), selection.from(), e);
            if (closed.get() || !dialect.mayBeMissing(e)) {
                return meaning;
            }
            Optional<TableName> missing =
                    read("Describing table " + selection.from(), session -> RequiredColumns.of(selection)
                            .missing(table -> schema.describe(session, table)));
            if (missing.isPresent()) {
                return new SchemaMovedException(missing.get(), e);
            }
            return sumsWholeNumbers(selection)
                    ? new ValueException(
                            "A sum over table " + selection.from() + " in layer " + name
                                    + " is beyond 64 bits. Sum a field of type BigDecimal or double, or fewer items",
                            e)
                    : meaning;
        }
    }

    private static boolean sumsWholeNumbers(Selection selection) {
        return Stream.concat(
                        selection.outputs().stream(), selection.order().stream().map(SortKey::output))
                .anyMatch(output -> output instanceof Output.Aggregate aggregate
                        && aggregate.function() == Output.Function.SUM
                        && aggregate.operand().kind() == ColumnKind.INTEGER);
    }
}
