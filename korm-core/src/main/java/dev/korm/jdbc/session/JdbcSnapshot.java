package dev.korm.jdbc.session;

import dev.korm.ClosedException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.Dialect;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that a transaction keeps. For one thread at a time.
 *
 * <p><b>Who owns what.</b> The session, with a transaction that only reads and has looked at the store already, is the snapshot's until it is
 * closed. Each cursor has a statement of its own, so several may be open. Tables are described by the same session, as they
 * were at that moment: a snapshot never needs a second connection, and so cannot wait for itself.
 *
 * <p><b>States.</b> Open, until {@link #close}, or until the store answers a selection with an error: that may have ended the transaction, so
 * from then on every selection is refused. What would be such an error for want of a table or column is found out before it is asked.
 */
public final class JdbcSnapshot implements Snapshot {
    private static final Object[] NO_CONSTANTS = new Object[0];

    private final String layer;
    private final Session session;
    private final Moment moment;
    private final Map<TableName, Optional<TableSchema>> tables = new HashMap<>();
    private final List<RowCursor> cursors = new ArrayList<>();
    private boolean closed;
    private @Nullable Throwable failed;

    /** The layer, as its snapshot needs it. */
    public interface Moment {
        /** Refuses a call when the layer is closed or the thread interrupted. */
        void check();

        /** Returns the dialect in which a selection is written. */
        Dialect dialect(Selection selection);

        /** Returns the position of the moment in the feed of changes, by the snapshot's session. */
        ChangeFeed.Position position() throws SQLException;

        /** Returns what an error of {@link #position} means. */
        RuntimeException meaning(SQLException error);

        /** Describes a table, by the snapshot's session. */
        Optional<TableSchema> read(TableName table) throws SQLException;

        /** Returns the layer's tables that korm did not make. */
        default ShownTable.Known shown() {
            return ShownTable.Known.NONE;
        }

        /** Makes a statement ready to answer a part at a time. */
        void begin(PreparedStatement statement) throws SQLException;

        /** Returns the rows of a selection that is not one statement; empty where it is one. */
        default Optional<RowCursor> residual(Selection selection) {
            return Optional.empty();
        }

        /** Returns what an error means, without asking the store. */
        RuntimeException meaning(Selection selection, SQLException error);

        /** Ends the transaction and gives the session back. */
        void release();
    }

    public JdbcSnapshot(String layer, Session session, Moment moment) {
        this.layer = layer;
        this.session = session;
        this.moment = moment;
    }

    @Override
    public RowCursor select(Selection selection) {
        if (closed) {
            throw new ClosedException("The snapshot of the layer " + layer + " was closed; take another");
        }
        if (failed != null) {
            throw new IllegalStateException(
                    "The snapshot of the layer " + layer + " ended with an error of the store; take another", failed);
        }
        moment.check();
        try {
            Optional<TableName> missing = RequiredColumns.of(selection).missing(this::read);
            if (missing.isPresent()) {
                throw new SchemaMovedException(missing.get(), null);
            }
            RowCursor rows = moment.residual(selection).orElse(null);
            return keep(rows == null ? statement(selection) : rows);
        } catch (SQLException e) {
            throw failure(selection, e);
        } catch (UncheckedSqlException e) {
            throw failure(selection, e.reason());
        } catch (RuntimeException | Error e) {
            session.failed(e);
            throw e;
        }
    }

    @Override
    public ChangeFeed.Position position() {
        if (closed) {
            throw new ClosedException("The snapshot of the layer " + layer + " was closed; take another");
        }
        moment.check();
        try {
            return moment.position();
        } catch (SQLException e) {
            session.failed(e);
            failed = e;
            throw moment.meaning(e);
        }
    }

    private Optional<TableSchema> read(TableName table) throws SQLException {
        Optional<TableSchema> known = tables.get(table);
        if (known == null) {
            known = moment.read(table);
            tables.put(table, known);
        }
        return known;
    }

    private Optional<TableSchema> described(TableName table) {
        try {
            return read(table);
        } catch (SQLException e) {
            throw new UncheckedSqlException(e);
        }
    }

    private RowCursor statement(Selection selection) throws SQLException {
        Sql sql = SelectionSql.query(
                selection, moment.dialect(selection), new TableSources(layer, this::described, moment.shown()));
        PreparedStatement statement = session.connection().prepareStatement(sql.text());
        boolean started = false;
        try {
            sql.bind(statement, 1, NO_CONSTANTS);
            moment.begin(statement);
            StatementTap.Sent sent = session.tap().begin(sql.text());
            RowCursor rows = new JdbcCursor(
                            session.waiting(statement, sent, statement::executeQuery),
                            ColumnReader.of(selection.outputs()),
                            torn -> end(statement, torn),
                            error -> failure(selection, error))
                    .telling(session::failed)
                    .comingFrom(session)
                    .tapped(sent);
            started = true;
            return rows;
        } finally {
            if (!started) {
                end(statement, false);
            }
        }
    }

    private void end(PreparedStatement statement, boolean torn) {
        if (torn) {
            session.markBroken();
        }
        try {
            statement.close();
        } catch (SQLException alreadyBroken) {
            session.failed(alreadyBroken);
        }
    }

    private RowCursor keep(RowCursor rows) {
        RowCursor kept = new RowCursor() {
            @Override
            public boolean next() {
                return rows.next();
            }

            @Override
            public @Nullable Object get(int column) {
                return rows.get(column);
            }

            @Override
            public void close() {
                cursors.remove(this);
                rows.close();
            }
        };
        cursors.add(kept);
        return kept;
    }

    /** Returns what an error of the store means, and ends the snapshot. */
    public RuntimeException failure(Selection selection, SQLException error) {
        session.failed(error);
        failed = error;
        return moment.meaning(selection, error);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            for (RowCursor each : List.copyOf(cursors)) {
                each.close();
            }
        } finally {
            moment.release();
        }
    }
}
