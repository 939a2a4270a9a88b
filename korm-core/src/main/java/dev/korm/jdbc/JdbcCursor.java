package dev.korm.jdbc;

import dev.korm.ClosedException;
import dev.korm.spi.RowCursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a running statement. Holds its session until the last row was read or it is closed. */
final class JdbcCursor implements RowCursor {
    private final ResultSet rows;
    private final Reading[] readings;
    private final Function<SQLException, RuntimeException> errors;
    private final Runnable release;
    private boolean open = true;
    private boolean closed;

    /**
     * @param release gives the session back; run once
     * @param errors what a failure on the way means
     */
    JdbcCursor(ResultSet rows, Reading[] readings, Runnable release, Function<SQLException, RuntimeException> errors) {
        this.rows = rows;
        this.readings = readings;
        this.release = release;
        this.errors = errors;
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
            more = rows.next();
        } catch (SQLException e) {
            end();
            throw errors.apply(e);
        }
        if (!more) {
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
            return readings[column].read(rows, column + 1);
        } catch (SQLException e) {
            throw errors.apply(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        end();
    }

    private void end() {
        if (open) {
            open = false;
            try {
                rows.close();
            } catch (SQLException lost) {
                // A statement that cannot be reset fails again, and for certain, at its next use.
            } finally {
                release.run();
            }
        }
    }
}
