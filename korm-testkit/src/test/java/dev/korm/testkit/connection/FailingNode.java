package dev.korm.testkit.connection;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A data source over a real server that answers as a node of a cluster (Galera) does when the cluster is in the way: with a code, at a
 * statement or at COMMIT, and with the change done or undone as a node leaves it. Keeps one connection, which is lent again until it is
 * aborted. For one thread at a time.
 */
public final class FailingNode extends InterceptedDataSource {
    /** Where the next failure comes, and what it leaves. */
    public enum Place {
        /** A change is answered by the code, and its transaction is rolled back. */
        STATEMENT,
        /** Rows that are sent at once are acknowledged, and their transaction is rolled back. */
        SILENT_BATCH,
        /** The same, and some of the rows begin another transaction. */
        SILENT_BATCH_AND_ANOTHER,
        /** COMMIT is answered by the code, and nothing is stored. */
        COMMIT_UNDONE,
        /** COMMIT is answered by the code, and everything is stored. */
        COMMIT_DONE
    }

    private record Failure(Place place, SQLException thrown) {}

    private final String url;
    private final AtomicReference<@Nullable Failure> next = new AtomicReference<>();
    private final AtomicInteger made = new AtomicInteger();
    private @Nullable Connection kept;

    public FailingNode(String driverUrl) {
        this.url = driverUrl;
    }

    /** Has the next call at the place fail, once. */
    public void fail(Place place, int code, String state) {
        next.set(new Failure(place, new SQLException("because the test says so", state, code)));
    }

    /** Returns whether the failure has come. */
    public boolean hasFailed() {
        return next.get() == null;
    }

    /** How many connections were made. */
    public int connectionsMade() {
        return made.get();
    }

    private @Nullable SQLException taken(Place... places) {
        Failure failure = next.get();
        for (Place place : places) {
            if (failure != null && failure.place() == place) {
                next.set(null);
                return failure.thrown();
            }
        }
        return null;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection own = kept;
        if (own == null || own.isClosed()) {
            own = DriverManager.getConnection(url);
            made.incrementAndGet();
            kept = own;
        }
        return lent(own);
    }

    private Connection lent(Connection own) {
        return proxy(Connection.class, own, (name, answer) -> {
            if (name.equals("close")) {
                return null;
            }
            if (name.equals("commit")) {
                SQLException undone = taken(Place.COMMIT_UNDONE);
                if (undone != null) {
                    own.rollback();
                    throw undone;
                }
                SQLException done = taken(Place.COMMIT_DONE);
                answer.get();
                if (done != null) {
                    throw done;
                }
                return null;
            }
            Object result = answer.get();
            return result instanceof PreparedStatement statement ? statement(own, statement) : result;
        });
    }

    private PreparedStatement statement(Connection own, PreparedStatement statement) {
        return proxy(PreparedStatement.class, statement, (name, answer) -> {
            if (name.equals("executeLargeUpdate") || name.equals("executeBatch")) {
                SQLException thrown = taken(Place.STATEMENT);
                if (thrown != null) {
                    own.rollback();
                    throw thrown;
                }
            }
            Object result = answer.get();
            if (name.equals("executeBatch")) {
                Failure failure = next.get();
                boolean another = failure != null && failure.place() == Place.SILENT_BATCH_AND_ANOTHER;
                if (taken(Place.SILENT_BATCH, Place.SILENT_BATCH_AND_ANOTHER) != null) {
                    own.rollback();
                    if (another) {
                        own.createStatement().execute("DELETE FROM `__items__bank__account` WHERE 1 = 0");
                    }
                }
            }
            return result;
        });
    }
}
