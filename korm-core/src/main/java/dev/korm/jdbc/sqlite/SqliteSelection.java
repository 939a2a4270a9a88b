package dev.korm.jdbc.sqlite;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.ValueException;
import dev.korm.jdbc.session.JdbcCursor;
import dev.korm.jdbc.session.ListCursor;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.UncheckedSqlException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.jdbc.sql.RequiredColumns;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.RowCursor;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A selection of an SQLite database, kept as SQL for as long as the tables stay as they are. */
final class SqliteSelection implements CompiledSelection {
    /** A selection as SQL, for the schema as it was when it was written. */
    private record Written(SqliteSchema.Snapshot snapshot, Sql sql, boolean provisional) {}

    private final SqliteReads reads;
    private final Selection selection;
    private final ColumnReader[] readings;
    private final SqliteDialect dialect;
    private final boolean isSecond;
    private volatile @Nullable Written written;

    /** Groups come one after the other, so what fails in the middle of them could not begin again: their sums are exact at once. */
    SqliteSelection(SqliteReads reads, Selection selection) {
        this(
                reads,
                selection,
                !selection.groupBy().isEmpty() && sumsWholeNumbers(selection)
                        ? SqliteDialect.EXACT_SUMS
                        : SqliteDialect.INSTANCE,
                false);
    }

    /** @param isSecond whether it was asked before, and failed */
    private SqliteSelection(SqliteReads reads, Selection selection, SqliteDialect dialect, boolean isSecond) {
        this.reads = reads;
        this.isSecond = isSecond;
        this.selection = selection;
        this.readings = ColumnReader.of(selection.outputs());
        this.dialect = dialect;
    }

    /** Returns it as SQL, for the tables as they are. */
    Sql sql() {
        return written().sql();
    }

    private Written written() {
        Written known = written;
        if (known != null && known.provisional()) {
            reads.read("Describing table " + selection.from(), reads.schema()::refresh);
        }
        SqliteSchema.Snapshot current = reads.schema().snapshot();
        if (known == null || known.snapshot() != current) {
            TableSources sources = new TableSources(
                    reads.layer(), reads::cached, reads.catalog().existing().shown());
            Sql sql = SelectionSql.query(selection, dialect, sources);
            known = new Written(current, sql, sources.provisional());
            written = known;
        }
        return known;
    }

    @Override
    public RowCursor select(Object... constants) {
        reads.checkReady();
        Optional<SelectionSql.Beginning> beginning = beginning();
        if (beginning.isPresent()) {
            try (RowCursor first = select(beginning.get().sql(), constants)) {
                ListCursor rows = ListCursor.of(first, readings.length);
                if (beginning.get().isAll() || rows.size() == beginning.get().enough()) {
                    return rows;
                }
            }
        }
        return select(sql(), constants);
    }

    /** Returns the first rows of a page; empty where they are not to be asked for by themselves. */
    private Optional<SelectionSql.Beginning> beginning() {
        if (isSecond || selection.limit().isEmpty() || selection.order().isEmpty()) {
            return Optional.empty();
        }
        TableSources sources = new TableSources(
                reads.layer(), reads::cached, reads.catalog().existing().shown());
        Optional<SelectionSql.Beginning> found = SelectionSql.beginning(selection, dialect, sources);
        return sources.provisional() ? Optional.empty() : found;
    }

    private RowCursor select(Sql sql, Object[] constants) {
        Optional<ReaderPool> readers = reads.readers();
        return readers.isPresent() ? streamed(readers.get(), sql, constants) : inMemory(sql, constants);
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
            return reads.alone(session -> {
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
        boolean further = dialect != SqliteDialect.EXACT_SUMS && dialect.mayBeMissing(e) && sumsWholeNumbers(selection);
        if (reads.isClosed()) {
            throw failure(e);
        }
        if (further) {
            return new SqliteSelection(reads, selection, SqliteDialect.EXACT_SUMS, isSecond).select(constants);
        }
        RuntimeException failure = failure(e);
        if (isSecond || !dialect.mayBeMissing(e) || !(failure instanceof StoreException)) {
            throw failure;
        }
        // Somebody may have made what was missing between the statement and the look that has found it.
        return new SqliteSelection(reads, selection, dialect, true).select(constants);
    }

    private RowCursor start(Session session, Sql sql, Object[] constants, JdbcCursor.Release release)
            throws SQLException {
        try {
            PreparedStatement statement = session.prepare(sql.text());
            sql.bind(statement, 1, constants);
            session.allow(StatementLimit.longest(reads.longest()), true);
            StatementTap.Sent sent = reads.tap().begin(sql.text());
            return new JdbcCursor(
                            session.waiting(statement, sent, statement::executeQuery),
                            readings,
                            release,
                            e -> reads.isInMemory() ? new UncheckedSqlException(e) : failure(e))
                    .telling(thrown -> {
                        // The session is somebody else's as soon as it is given back.
                        session.failed(sql.text(), thrown);
                    })
                    .comingFrom(session)
                    .tapped(sent);
        } catch (SQLException e) {
            session.failed(sql.text(), e);
            throw e;
        }
    }

    /** Returns the exception for a selection that failed, after looking at the tables. */
    private RuntimeException failure(SQLException e) {
        KormException meaning = reads.translated("Reading from table " + selection.from(), selection.from(), e);
        if (reads.isClosed() || !dialect.mayBeMissing(e)) {
            return meaning;
        }
        Optional<TableName> missing =
                reads.read("Describing table " + selection.from(), session -> RequiredColumns.of(selection)
                        .missing(table -> reads.schema().describe(session, table)));
        if (missing.isPresent()) {
            return new SchemaMovedException(missing.get(), e);
        }
        return sumsWholeNumbers(selection)
                ? new ValueException(
                        "A sum over table " + selection.from() + " in layer " + reads.layer()
                                + " is beyond 64 bits. Sum a field of type BigDecimal or double, or fewer items",
                        e)
                : meaning;
    }

    /** Returns whether it adds whole numbers, whose sum may go beyond 64 bits on its way to one that fits. */
    static boolean sumsWholeNumbers(Selection selection) {
        return Stream.concat(
                        selection.outputs().stream(), selection.order().stream().map(SortKey::output))
                .anyMatch(output -> output instanceof Output.Aggregate aggregate
                        && aggregate.function() == Output.Function.SUM
                        && aggregate.operand().kind() == ColumnKind.INTEGER);
    }
}
