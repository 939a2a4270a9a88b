package dev.korm.jdbc.sqlite;

import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.existing.ExistingRows;
import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.NotedChanges;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.sql.RowStatements;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.WrittenSelections;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.SchemaGuard;
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
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private final StatementWatch watch;
    private final SqliteReads reads;

    /** Made for the first question that is no item's; by several threads at once as good as by one. */
    private volatile @Nullable WrittenSelections written;

    public SqliteLayer(
            String name, Optional<Path> file, SqliteSettings settings, SqliteConnector connector, SqliteErrors errors) {
        this.name = name;
        this.errors = errors;
        this.notes = new SqliteChangeNotes(name);
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
        // Opens none yet: the first connection is the one that writes.
        ReaderPool pool = file.isEmpty()
                ? null
                : new ReaderPool(
                        name,
                        settings.readers(),
                        settings.readerTimeout(),
                        () -> new Session(connector.reader(), tap, watch));
        this.readers = pool;
        this.writer = readOnly ? null : writer(connector, settings, pool);
        if (readOnly && pool != null) {
            ReaderPool.Lease first = pool.acquire();
            first.over = true;
            pool.passOn();
        }
        this.reads =
                new SqliteReads(name, errors, catalog, schema, notes, tap, settings.readerTimeout(), readers, writer);
    }

    private SqliteWriter writer(SqliteConnector connector, SqliteSettings settings, @Nullable ReaderPool besides) {
        WritingSession writing = new WritingSession(connector, errors, tap, watch, besides);
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
                new RowStatements(dialect),
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

    /** Selections that differ by their constants alone are written once; with an order it may hang on them which parts of an index are read. */
    @Override
    public RowCursor select(Selection selection) {
        if (!selection.order().isEmpty()) {
            return reads.select(selection);
        }
        WrittenSelections known = written;
        if (known == null) {
            known = new WrittenSelections(this);
            written = known;
        }
        Optional<RowCursor> rows = known.select(selection);
        return rows.isPresent() ? rows.get() : reads.select(selection);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return new SqliteSelection(reads, selection);
    }

    @Override
    public StorePlan explain(Selection selection) {
        return reads.explain(selection);
    }

    @Override
    public BatchResult apply(Batch batch) {
        return signal.told(batch, writer().apply(batch, StatementLimit.longest(reads.longest())));
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return signal.telling(batch, writer().prepare(batch, StatementLimit.longest(reads.longest())));
    }

    /** In memory there are neither pages to be kept nor a disk that is waited for. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        catalog.existing().shown().requireOwn(table);
        return reads.isInMemory() ? Optional.empty() : Optional.of(writer().load(table, columns, signal::tell));
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

    @Override
    public Snapshot snapshot() {
        reads.checkReady();
        Optional<ReaderPool> readers = reads.readers();
        return readers.isPresent() ? reads.snapshot(readers.get()) : Layer.super.snapshot();
    }

    @Override
    public void follow(TableName table) {
        signal.follows(table);
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
    public void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        writer().inTransaction("Forgetting changes", session -> {
            if (notes.areThere(session)) {
                notes.forget(session, before.toEpochMilli(), needed);
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
                signal,
                time -> {});
    }

    @Override
    public void limitStatements(Duration limit) {
        reads.limit(limit);
    }

    @Override
    public void observe(StatementObserver observer) {
        tap.observe(observer);
    }

    private SqliteWriter writer() {
        return reads.writer();
    }

    private <T> T read(String attempted, SqliteWriter.Work<T> work) {
        return reads.read(attempted, work);
    }

    @Override
    public void close() {
        if (!reads.close()) {
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
}
