package dev.korm.jdbc.sqlite;

import dev.korm.ClosedException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.jdbc.session.JdbcSnapshot;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.StoppedException;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The reading of an SQLite database, over the connections that read: what is asked, snapshots, and what failures mean. In memory there are none, and the one
 * that writes reads as well.
 */
final class SqliteReads {
    private static final Object[] NO_CONSTANTS = new Object[0];

    private final String layer;
    private final SqliteErrors errors;
    private final SqliteCatalog catalog;
    private final SqliteSchema schema;
    private final SqliteChangeNotes notes;
    private final StatementTap tap;
    private final long timeout;

    /** Null in memory. */
    private final @Nullable ReaderPool readers;

    /** Null in a read-only layer. */
    private final @Nullable SqliteWriter writer;

    private volatile Duration longest = Duration.ZERO;
    private final AtomicBoolean closed = new AtomicBoolean();

    SqliteReads(
            String layer,
            SqliteErrors errors,
            SqliteCatalog catalog,
            SqliteSchema schema,
            SqliteChangeNotes notes,
            StatementTap tap,
            Duration timeout,
            @Nullable ReaderPool readers,
            @Nullable SqliteWriter writer) {
        this.layer = layer;
        this.errors = errors;
        this.catalog = catalog;
        this.schema = schema;
        this.notes = notes;
        this.tap = tap;
        this.timeout = timeout.toNanos();
        this.readers = readers;
        this.writer = writer;
    }

    String layer() {
        return layer;
    }

    SqliteCatalog catalog() {
        return catalog;
    }

    SqliteSchema schema() {
        return schema;
    }

    SqliteChangeNotes notes() {
        return notes;
    }

    StatementTap tap() {
        return tap;
    }

    /** Returns the connections that read; empty in memory. */
    Optional<ReaderPool> readers() {
        return Optional.ofNullable(readers);
    }

    boolean isInMemory() {
        return readers == null;
    }

    Duration longest() {
        return longest;
    }

    void limit(Duration limit) {
        longest = limit;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Closes, and returns whether it was open. */
    boolean close() {
        return !closed.getAndSet(true);
    }

    RowCursor select(Selection selection) {
        return new SqliteSelection(this, selection).select(NO_CONSTANTS);
    }

    StorePlan explain(Selection selection) {
        Sql sql = new SqliteSelection(this, selection).sql();
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

    /**
     * Takes one of the connections that read, which the snapshot keeps until it is closed. While it is open, a checkpoint cannot go beyond it:
     * what is written meanwhile stays in the write-ahead log, which grows and is used anew only when the snapshot was closed.
     */
    Snapshot snapshot(ReaderPool pool) {
        ReaderPool.Lease lease = pool.acquire();
        boolean taken = false;
        try {
            Session session = lease.session();
            // Its rows are read for as long as it takes to copy them.
            session.allow(Duration.ZERO, true);
            session.execute("BEGIN");
            // SQLite keeps the moment of the first statement that reads.
            session.query(new Sql("SELECT count(*) FROM sqlite_schema", List.of()), rows -> rows.next());
            taken = true;
            return new JdbcSnapshot(layer, session, new SnapshotTransaction(this, pool, lease));
        } catch (SQLException e) {
            throw translated("Taking a snapshot", e);
        } finally {
            if (!taken) {
                lease.torn = true;
                lease.over = true;
                pool.passOn();
            }
        }
    }

    /** Returns the writer of a layer that is open, or refuses the write. */
    SqliteWriter writer() {
        checkReady();
        if (writer == null) {
            throw new StoreReadOnlyException(
                    layer,
                    "Writing failed on " + errors.where()
                            + ": the layer was opened read-only. Open it without readOnly()",
                    Outcome.NOT_APPLIED,
                    null);
        }
        return writer;
    }

    /** Refuses a call to a closed layer, and one of a thread that is interrupted. */
    void checkReady() {
        if (closed.get()) {
            throw new ClosedException("The layer " + layer + " was closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException("A call on " + errors.where(), Outcome.NOT_APPLIED, null);
        }
    }

    /** Reads something small, whole. */
    <T> T read(String attempted, SqliteWriter.Work<T> work) {
        checkReady();
        try {
            return readers == null ? alone(work) : read(readers, work);
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

    KormException translated(String attempted, SQLException e) {
        return translated(attempted, null, e);
    }

    /** @param table the one that was read; null for several, or what is no item */
    KormException translated(String attempted, @Nullable TableName table, SQLException e) {
        if (closed.get()) {
            return new ClosedException("The layer " + layer + " was closed");
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
        return new StatementTimeoutException(layer, collection, where, stopped.limit(), Outcome.NOT_APPLIED, e);
    }

    /** Returns the schema as it was last seen. */
    Optional<TableSchema> cached(TableName table) {
        SqliteSchema.Snapshot snapshot = schema.snapshot();
        return snapshot.knows(table)
                ? snapshot.schema(table)
                : read("Describing table " + table, session -> schema.describe(session, table));
    }

    /** Reads by the connection that writes. */
    <T> T alone(SqliteWriter.Work<T> work) throws SQLException {
        return writer().alone(timeout, work);
    }
}
