package dev.korm.jdbc.session;

import dev.korm.ClosedException;
import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.spi.RowCursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a running statement. Holds its session until the last row was read or it is closed. */
public final class JdbcCursor implements RowCursor {
    private final ResultSet rows;
    private final ColumnReader[] readings;
    private final Function<SQLException, RuntimeException> errors;
    private final Release release;
    private Consumer<Throwable> failures = e -> {};
    private boolean open = true;
    private boolean closed;

    /** Whether the driver failed as no driver should, so that the connection may be in any state. */
    private boolean torn;

    /** Gives back what the rows were read on. */
    public interface Release {
        /** @param torn whether the connection may be in any state, and so must not be used again */
        void end(boolean torn);
    }

    /** How much is fetched at a time once it is known how long rows are, in bytes. */
    private static final long BUFFER = 4L << 20;

    private static final int MOST_ROWS = 10_000;

    /** How many rows the driver fetches at a time; 0 where that is its own affair. */
    private int fetched;

    private int counted;
    private long read;

    /** How many rows are measured one by one; of those that follow, each so many-th one stands for all. */
    private static final int MEASURED = 32;

    /** Null while nobody wants to know. */
    private StatementTap.@Nullable Sent sent;

    /** Null where the store has answered all rows already. */
    private @Nullable Session waiting;

    private boolean exhausted;

    private long nanos;
    private long count;
    private @Nullable Throwable failure;

    /**
     * @param release gives the session back; more than once where it failed to
     * @param errors what a failure on the way means
     */
    public JdbcCursor(
            ResultSet rows, ColumnReader[] readings, Release release, Function<SQLException, RuntimeException> errors) {
        this.rows = rows;
        this.readings = readings;
        this.release = release;
        this.errors = errors;
    }

    /** Has the driver fetch so many rows at first, and later as many as are good at a time by what these hold. */
    public JdbcCursor fetching(int rowsAtFirst) {
        fetched = rowsAtFirst;
        return this;
    }

    /**
     * Has it told how many rows the statement answered and how long it took, when it ends.
     *
     * @param whole the statement, by the tap; null where nobody wants to know
     */
    public JdbcCursor tapped(StatementTap.@Nullable Sent whole) {
        if (whole != null) {
            sent = whole;
            nanos = whole.nanos();
        }
        return this;
    }

    /** Has the rows come while the store works, so that whoever waits for one is watched, and what is left is stopped when they are closed. */
    public JdbcCursor comingFrom(Session session) {
        waiting = session;
        return this;
    }

    private boolean nextRow() throws SQLException {
        Session session = waiting;
        if (session == null) {
            return rows.next();
        }
        boolean more;
        session.begins();
        try {
            more = rows.next();
        } catch (SQLException e) {
            throw session.ended(e);
        } catch (RuntimeException | Error e) {
            session.abandons();
            throw e;
        }
        session.ends();
        return more;
    }

    /** Moves on. Measuring each row of many would take longer than some stores take for it. */
    private boolean moveOn() throws SQLException {
        if (sent == null) {
            return nextRow();
        }
        boolean few = count < MEASURED;
        if (!few && count % MEASURED != 0) {
            boolean more = nextRow();
            count += more ? 1 : 0;
            return more;
        }
        long begun = System.nanoTime();
        boolean more = nextRow();
        nanos += (System.nanoTime() - begun) * (few ? 1 : MEASURED);
        count += more ? 1 : 0;
        return more;
    }

    /** Tells what was thrown on the way, before what it held is given back. */
    public JdbcCursor telling(Consumer<Throwable> whom) {
        failures = whom;
        return this;
    }

    private void fetchAhead() throws SQLException {
        if (fetched > 0 && counted == fetched) {
            fetched = (int) Math.max(fetched, Math.min(MOST_ROWS, BUFFER * counted / Math.max(1, read)));
            rows.setFetchSize(fetched);
            counted = 0;
            read = 0;
        }
        counted++;
    }

    @Override
    public boolean next() {
        if (closed) {
            throw new ClosedException("The rows were closed; ask again");
        }
        if (!open) {
            return false;
        }
        boolean more;
        try {
            fetchAhead();
            more = moveOn();
        } catch (SQLException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            broken(e);
            throw e;
        }
        if (!more) {
            exhausted = true;
            end();
        }
        return more;
    }

    @Override
    public @Nullable Object get(int column) {
        if (!open) {
            throw new IllegalStateException("There is no row at hand");
        }
        try {
            Object value = readings[column].read(rows, column + 1);
            if (fetched > 0) {
                read += size(value);
            }
            return value;
        } catch (SQLException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            broken(e);
            throw e;
        }
    }

    /** Gives the session back first: finding out what the error means may take another one. */
    private RuntimeException failed(SQLException e) {
        failure = e;
        failures.accept(e);
        end();
        return errors.apply(e);
    }

    /** Ends the rows on what no store answered, after which nobody knows what the connection is at. */
    private void broken(Throwable thrown) {
        torn = true;
        failure = thrown;
        try {
            failures.accept(thrown);
            end();
        } catch (RuntimeException | Error further) {
            thrown.addSuppressed(further);
        }
    }

    private static long size(@Nullable Object value) {
        if (value instanceof String text) {
            return 2L * text.length();
        }
        return value instanceof byte[] bytes ? bytes.length : Long.BYTES;
    }

    @Override
    public void close() {
        closed = true;
        end();
    }

    private void end() {
        if (!open) {
            return;
        }
        try {
            if (waiting != null && !exhausted && failure == null) {
                waiting.stopsRest();
            }
            rows.close();
        } catch (SQLException lost) {
            failures.accept(lost);
            // A statement that cannot be reset fails again, and for certain, at its next use.
        } catch (RuntimeException | Error e) {
            torn = true;
            failures.accept(e);
            throw e;
        } finally {
            release.end(torn);
            open = false;
            if (sent != null) {
                sent.took(count, nanos, failure);
            }
        }
    }
}
