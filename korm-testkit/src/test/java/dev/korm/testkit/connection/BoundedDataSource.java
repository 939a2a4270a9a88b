package dev.korm.testkit.connection;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A program's own data source with few connections, which are reused. It counts those in use, and has the driver throw what a test
 * says. Who waits for a connection gives up after some seconds. Safe for many threads.
 */
public final class BoundedDataSource extends InterceptedDataSource {
    private static final int SECONDS = 30;

    /** So many connections that nobody uses are kept open, of all data sources together. */
    private static final int MOST_IDLE = 16;

    private static final Deque<Idle> ALL_IDLE = new ConcurrentLinkedDeque<>();

    private final String url;
    private final int size;
    private final Semaphore permits;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

    private record Idle(BoundedDataSource source, Connection connection) {}

    private record Fault(String method, Throwable thrown) {}

    private BoundedDataSource(String url, int size) {
        this.url = url;
        this.size = size;
        this.permits = new Semaphore(size);
    }

    public static BoundedDataSource of(String driverUrl, int size) {
        return new BoundedDataSource(driverUrl, size);
    }

    public int inUse() {
        return size - permits.availablePermits();
    }

    /** How many connections that nobody uses are open. */
    int open() throws SQLException {
        int open = 0;
        for (Connection connection : idle) {
            open += connection.isClosed() ? 0 : 1;
        }
        return open;
    }

    /** Has the next call of a method of a statement or of its rows throw. */
    void fail(String method, Throwable thrown) {
        next.set(new Fault(method, thrown));
    }

    /** Takes back a failure that has not come yet. */
    void heal() {
        next.set(null);
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            if (!permits.tryAcquire(SECONDS, TimeUnit.SECONDS)) {
                throw new SQLTransientConnectionException("No connection is free", "08001");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("Interrupted", "08001", e);
        }
        Connection reused = idle.poll();
        ALL_IDLE.remove(new Idle(this, reused));
        return lent(reused != null && !reused.isClosed() ? reused : DriverManager.getConnection(url));
    }

    private Connection lent(Connection own) {
        boolean[] given = {false};
        return proxy(Connection.class, own, (name, answer) -> {
            if (name.equals("close")) {
                if (!given[0]) {
                    given[0] = true;
                    keep(own);
                    permits.release();
                }
                return null;
            }
            Object result = answer.get();
            return result instanceof PreparedStatement statement ? statement(statement) : result;
        });
    }

    private void keep(Connection own) throws SQLException {
        idle.push(own);
        ALL_IDLE.add(new Idle(this, own));
        while (ALL_IDLE.size() > MOST_IDLE) {
            Idle eldest = ALL_IDLE.poll();
            if (eldest != null && eldest.source().idle.remove(eldest.connection())) {
                eldest.connection().close();
            }
        }
    }

    private PreparedStatement statement(PreparedStatement own) {
        return proxy(PreparedStatement.class, own, (name, answer) -> {
            raise(name);
            Object result = answer.get();
            return result instanceof ResultSet rows ? rows(rows) : result;
        });
    }

    private ResultSet rows(ResultSet own) {
        return proxy(ResultSet.class, own, (name, answer) -> {
            raise(name);
            return answer.get();
        });
    }

    private void raise(String method) throws Throwable {
        Fault fault = next.get();
        if (fault != null && fault.method().equals(method) && next.compareAndSet(fault, null)) {
            throw fault.thrown();
        }
    }

    @Override
    public int getLoginTimeout() {
        return SECONDS;
    }
}
