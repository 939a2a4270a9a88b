package dev.korm.jdbc.postgres;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.replication.PGReplicationConnection;

/**
 * The operations of the driver's connection beyond JDBC. Its interface is known by its name alone: its annotations
 * are of a library that programs need not have.
 */
record DriverConnection(Object connection) {
    private static final Class<?> TYPE;
    private static final Method PROCESS;
    private static final Method THRESHOLD_NOW;
    private static final Method PREPARE_AFTER;
    private static final Method CANCEL;
    private static final Method COPY;
    private static final Method NOTIFICATIONS;
    private static final Method REPLICATION;

    static {
        try {
            TYPE = Class.forName("org.postgresql.PGConnection", true, PGSimpleDataSource.class.getClassLoader());
            PROCESS = TYPE.getMethod("getBackendPID");
            THRESHOLD_NOW = TYPE.getMethod("getPrepareThreshold");
            PREPARE_AFTER = TYPE.getMethod("setPrepareThreshold", int.class);
            CANCEL = TYPE.getMethod("cancelQuery");
            COPY = TYPE.getMethod("getCopyAPI");
            NOTIFICATIONS = TYPE.getMethod("getNotifications", int.class);
            REPLICATION = TYPE.getMethod("getReplicationAPI");
        } catch (ReflectiveOperationException otherDriver) {
            throw new IllegalStateException(otherDriver);
        }
    }

    static DriverConnection of(Connection connection) throws SQLException {
        return new DriverConnection(connection.unwrap(TYPE));
    }

    int process() {
        return (Integer) ask(PROCESS);
    }

    int threshold() {
        return (Integer) ask(THRESHOLD_NOW);
    }

    void prepareAfter(int uses) {
        ask(PREPARE_AFTER, uses);
    }

    /** Has the server cancel what the connection runs, from another thread. */
    void cancel() {
        ask(CANCEL);
    }

    /** Begins a statement {@code COPY … FROM STDIN}. */
    CopyIn copyIn(String sql) throws SQLException {
        return ((CopyManager) ask(COPY)).copyIn(sql);
    }

    /** Returns what reads the server's log, on a connection for replication. */
    PGReplicationConnection replication() {
        return (PGReplicationConnection) ask(REPLICATION);
    }

    /**
     * Waits for notifications of the server.
     *
     * @param millis how long at most, at least 1
     * @return whether there were any
     * @throws SQLException when the connection was lost
     */
    boolean hears(int millis) throws SQLException {
        Object heard;
        try {
            heard = NOTIFICATIONS.invoke(connection, millis);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof SQLException lost) {
                throw lost;
            }
            throw new IllegalStateException(failed);
        } catch (ReflectiveOperationException never) {
            throw new IllegalStateException(never);
        }
        return heard != null && Array.getLength(heard) > 0;
    }

    private Object ask(Method question, Object... arguments) {
        try {
            return question.invoke(connection, arguments);
        } catch (ReflectiveOperationException never) {
            throw new IllegalStateException(never);
        }
    }
}
