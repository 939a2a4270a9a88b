package dev.korm.jdbc.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A connection on which a server is asked for its part, made anew when it was lost. For one thread, and whoever ends it. */
final class ServerProbe implements AutoCloseable {
    private final DataSource source;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    /** @param source gives connections whose waits are short */
    ServerProbe(DataSource source) {
        this.source = source;
    }

    ServerRole ask() throws SQLException {
        Connection open = open();
        try {
            return ServerRole.of(open);
        } catch (SQLException | RuntimeException | Error e) {
            drop();
            throw e;
        }
    }

    Connection open() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.getConnection();
            connection = open;
            if (closed) {
                drop();
                throw new SQLException("The layer was closed", "08003");
            }
        }
        return open;
    }

    /** Ends the connection, also while it is asked. */
    void drop() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException gone) {
                // It is ended either way.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
    }
}
