package dev.korm.jdbc.session;

import dev.korm.KormException;
import dev.korm.jdbc.sql.BindParameter;
import dev.korm.jdbc.sql.RenderException;
import dev.korm.jdbc.sql.Sql;
import dev.korm.spi.schema.SchemaMovedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection and the statements that were lately run on it. For one thread at a time.
 *
 * <p><b>States.</b> At rest, as a pool keeps it: nothing bound, no failure noted. In use: {@link #isChanging changing} once a change was handed to the
 * driver, which is what makes an unforeseen failure an unknown outcome. Failed: the store said no; its statements are closed at the next
 * rest and the connection goes on, unless the failure says that it was lost. {@link #isBroken Broken}: something was thrown that is no store's
 * answer and none of korm's own, so nobody knows what the connection is at, and it is not used again.
 *
 * <p><b>Statements</b> belong to the session; {@link #prepare} lends one, which must not be in use already. At the most {@value #STATEMENTS} are
 * kept; one that failed is discarded, since drivers leave some in a state in which they cannot be used again. Large values are let go after the call.
 */
public final class Session implements AutoCloseable {
    /** How many statements stay prepared. */
    private static final int STATEMENTS = 128;

    /** Longer texts hold long lists of constants, of which hardly two are of one length; in characters. */
    private static final int LONGEST = 8192;

    /** From this length on a bound value is let go after the call, since a kept statement would hold it. */
    private static final int LARGE = 1 << 16;

    private Connection connection;
    private StatementTap tap;
    private Map<String, Kept> statements = new LinkedHashMap<>(32, 0.75f, true);

    /** What was prepared since the session was last put to rest. */
    private final List<Kept> used = new ArrayList<>();

    private int timeout;
    private boolean changing;
    private @Nullable SQLException failure;
    private boolean broken;

    /** A statement that stays prepared. */
    private static final class Kept {
        final String sql;
        final PreparedStatement statement;
        int timeout;
        boolean used;

        Kept(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }
    }

    public Session(Connection connection) {
        this(connection, new StatementTap());
    }

    /** @param tap where its statements are told of */
    public Session(Connection connection, StatementTap tap) {
        this.connection = connection;
        this.tap = tap;
    }

    /** Has its statements told of there from now on. */
    void tap(StatementTap whose) {
        tap = whose;
    }

    /** Returns where its statements are told of. */
    public StatementTap tap() {
        return tap;
    }

    public Connection connection() {
        return connection;
    }

    /** @param seconds after which a statement that is prepared from now on is cancelled; 0 for none */
    void limit(int seconds) {
        timeout = seconds;
    }

    /** Returns the statement of that text, which must not be in use. It stays the session's. */
    public PreparedStatement prepare(String sql) throws SQLException {
        Kept kept = statements.get(sql);
        if (kept == null) {
            if (statements.size() >= STATEMENTS) {
                Iterator<Kept> eldest = statements.values().iterator();
                Kept dropped = eldest.next();
                eldest.remove();
                used.remove(dropped);
                dropped.statement.close();
            }
            kept = new Kept(sql, connection.prepareStatement(sql));
            statements.put(sql, kept);
        }
        if (kept.timeout != timeout) {
            kept.statement.setQueryTimeout(timeout);
            kept.timeout = timeout;
        }
        if (!kept.used) {
            kept.used = true;
            used.add(kept);
        }
        return kept.statement;
    }

    /**
     * Takes note of what was thrown while the connection was in use. After what is neither the store's answer nor korm's own, nobody
     * knows what the connection is at, and so it is not used again.
     */
    public void failed(Throwable thrown) {
        if (thrown instanceof SQLException e) {
            if (failure == null) {
                failure = e;
            }
            // Of the driver itself, which gives no code, as when it has no stack to read an answer.
            broken |= e.getErrorCode() == 0 && e.getSQLState() == null;
        } else if (!isForeseen(thrown)) {
            broken = true;
        }
    }

    /** Returns whether korm itself threw it, so that it says nothing of the connection. */
    public static boolean isForeseen(Throwable thrown) {
        return thrown instanceof KormException
                || thrown instanceof SchemaMovedException
                || thrown instanceof RenderException
                || thrown instanceof Detour;
    }

    /** Takes note of what a statement ended with, and forgets the statement; one of a broken connection ends with that. */
    public void failed(String sql, Throwable thrown) {
        failed(thrown);
        if (!broken) {
            discard(sql);
        }
    }

    /** Takes note that nobody knows what the connection is at. */
    public void markBroken() {
        broken = true;
    }

    /** Takes note that a change is handed to the driver. */
    public void changes() {
        changing = true;
    }

    /** Returns whether a change was handed to the driver since the session was last put to rest. */
    public boolean isChanging() {
        return changing;
    }

    /** Returns whether the connection must not be used again. */
    public boolean isBroken() {
        return broken;
    }

    /** Returns the first failure since the session was last reset. */
    Optional<SQLException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Makes ready for the next who takes it: what was bound is let go, and statements that may have failed, or will hardly be asked
     * for again, are closed.
     */
    void reset() throws SQLException {
        for (Kept each : List.copyOf(used)) {
            if (failure != null || each.sql.length() > LONGEST) {
                discard(each.sql);
            } else {
                each.statement.clearParameters();
                each.used = false;
            }
        }
        used.clear();
        failure = null;
        broken = false;
        changing = false;
        timeout = 0;
    }

    /** Forgets a statement that failed: drivers leave some in a state in which they cannot be used again. */
    public void discard(String sql) {
        Kept failed = statements.get(sql);
        if (failed != null) {
            try {
                failed.statement.close();
            } catch (SQLException alreadyBroken) {
                // It is gone either way.
            }
            // Last, so that one whose closing is cut off is closed again by whoever sees to the session.
            statements.remove(sql);
            used.remove(failed);
        }
    }

    /** Goes on with the same connection, of which nobody knows what its statements are at, without them. */
    public void renew() {
        discardAll();
        used.clear();
        failure = null;
        broken = false;
    }

    private void discardAll() {
        for (String sql : statements.keySet().toArray(new String[0])) {
            discard(sql);
        }
    }

    /** Goes on with another connection, after one whose statements may be in any state. That one is the caller's to close. */
    public void renew(Connection fresh) {
        statements = new LinkedHashMap<>(32, 0.75f, true);
        used.clear();
        failure = null;
        broken = false;
        connection = fresh;
    }

    /** Runs a statement that answers nothing. */
    public void execute(String sql) throws SQLException {
        long begun = tap.begin();
        try {
            prepare(sql).execute();
            tap.ended(sql, -1, begun, null);
        } catch (SQLException e) {
            tap.ended(sql, -1, begun, e);
            failed(sql, e);
            throw e;
        }
    }

    /** Runs a change and answers how many rows it touched. */
    public long update(Sql sql) throws SQLException {
        long begun = tap.begin();
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            changing = true;
            long rows = statement.executeLargeUpdate();
            forgetLarge(statement, sql);
            tap.ended(sql.text(), rows, begun, null);
            return rows;
        } catch (SQLException e) {
            tap.ended(sql.text(), -1, begun, e);
            failed(sql.text(), e);
            throw e;
        }
    }

    /** Runs a change whose values somebody else binds, and answers how many rows it touched. */
    public long update(String sql, Binding binding) throws SQLException {
        long begun = tap.begin();
        try {
            PreparedStatement statement = prepare(sql);
            binding.bind(statement);
            changing = true;
            long rows = statement.executeLargeUpdate();
            statement.clearParameters();
            tap.ended(sql, rows, begun, null);
            return rows;
        } catch (SQLException e) {
            tap.ended(sql, -1, begun, e);
            failed(sql, e);
            throw e;
        }
    }

    /** Runs a query and reads its whole answer. */
    public <T> T query(Sql sql, Answer<T> answer) throws SQLException {
        long begun = tap.begin();
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                T read = answer.read(rows);
                tap.ended(sql.text(), -1, begun, null);
                return read;
            }
        } catch (SQLException e) {
            tap.ended(sql.text(), -1, begun, e);
            failed(sql.text(), e);
            throw e;
        }
    }

    private static void forgetLarge(PreparedStatement statement, Sql sql) throws SQLException {
        for (BindParameter slot : sql.slots()) {
            if (isLarge(slot.value())) {
                statement.clearParameters();
                return;
            }
        }
    }

    private static boolean isLarge(@Nullable Object value) {
        return (value instanceof String text && text.length() > LARGE)
                || (value instanceof byte[] bytes && bytes.length > LARGE);
    }

    /** Closes every statement and the connection, whatever fails on the way. */
    @Override
    public void close() throws SQLException {
        try {
            discardAll();
        } finally {
            connection.close();
        }
    }

    /** Binds values to a statement. */
    public interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Reads what a query answered. */
    public interface Answer<T> {
        T read(ResultSet rows) throws SQLException;
    }
}
