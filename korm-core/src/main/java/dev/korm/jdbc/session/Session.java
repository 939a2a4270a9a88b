package dev.korm.jdbc.session;

import dev.korm.KormException;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.RenderException;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.schema.SchemaMovedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

    /** Null for a session that nobody watches. */
    private @Nullable StatementWatch watch;

    private final RunningStatement running = new RunningStatement();

    /** How long a statement may take, in nanoseconds; 0 for as long as it likes. */
    private long longest;

    private boolean interruptible;
    private boolean limitedByStore;

    /** The limit that the connection has, in milliseconds; negative where it is not known. */
    private long ofConnection;

    private long begun;
    private boolean changing;
    private boolean selecting;
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

    /**
     * @param tap where its statements are told of
     * @param watch stops what takes too long
     */
    public Session(Connection connection, StatementTap tap, StatementWatch watch) {
        this(connection, tap);
        watchedBy(watch);
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

    /** Begins a transaction; within that of somebody else a part of it, which is taken back alone, and committed with the whole. */
    public void begin() throws SQLException {
        connection.setAutoCommit(false);
        GuestConnection.guard(connection);
    }

    /** Returns the connection of somebody's transaction that this one is within; else the connection itself. */
    public Connection owners() {
        return GuestConnection.owners(connection);
    }

    /** Returns whether it is within a transaction of somebody else. */
    public boolean isGuest() {
        return GuestConnection.isGuest(connection);
    }

    /** @param seconds after which a statement that is prepared from now on is cancelled; 0 for none */
    void limit(int seconds) {
        timeout = seconds;
    }

    /** Has its statements watched from now on; by nobody where it is null. */
    void watchedBy(@Nullable StatementWatch whose) {
        StatementWatch former = watch;
        if (former != whose) {
            if (former != null) {
                former.remove(running);
            }
            watch = whose;
            if (whose != null) {
                whose.add(running);
            }
        }
    }

    /**
     * Says how long a statement may take that begins from now on.
     *
     * @param limit zero for as long as it likes
     * @param stops whether it is stopped when the thread is interrupted
     */
    public void allow(Duration limit, boolean stops) {
        StatementWatch whose = watch;
        longest = limit.toNanos();
        interruptible = stops;
        limitedByStore = false;
        if (whose != null && longest > 0) {
            whose.limit(longest);
        }
    }

    private long millis() {
        return longest == 0 ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(longest));
    }

    /** Has the connection limit every statement, where it is the layer's own and does not do so already. */
    public void limitConnection() throws SQLException {
        StatementWatch whose = watch;
        if (whose == null || ofConnection == millis()) {
            limitedByStore = whose != null
                    && longest > 0
                    && !whose.stops().onConnection(millis()).isEmpty();
            return;
        }
        Optional<String> sql = whose.stops().onConnection(millis());
        if (sql.isPresent()) {
            ofConnection = -1;
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql.get());
            }
            // Of a transaction that is rolled back, nobody knows whether the limit is.
            ofConnection = connection.getAutoCommit() ? millis() : -1;
            limitedByStore = longest > 0;
        }
    }

    /** Returns a query with a limit of its own where the connection has another. */
    public String limited(String sql) throws SQLException {
        StatementWatch whose = watch;
        if (whose == null) {
            return sql;
        }
        long most = whose.stops().countsWhatIsNotTaken() && StatementLimit.isStreaming() ? 0 : millis();
        if (ofConnection == most) {
            limitedByStore = most > 0;
            return sql;
        }
        String limited = whose.stops().once(sql, most, Math.max(0, ofConnection), !connection.getAutoCommit());
        limitedByStore = most > 0 && !limited.equals(sql);
        return limited;
    }

    /** A call of the driver that waits for the store. */
    public interface Call<T> {
        T run() throws SQLException;
    }

    /** Makes a call of the driver that waits for a statement that begins. */
    public <T> T waiting(PreparedStatement statement, Call<T> call) throws SQLException {
        if (watch == null) {
            return call.run();
        }
        running.of(connection, statement, longest, limitedByStore, interruptible);
        begun = longest > 0 ? System.nanoTime() : 0;
        begins();
        T answer;
        try {
            answer = call.run();
        } catch (SQLException e) {
            throw ended(e);
        } catch (RuntimeException | Error e) {
            running.end();
            throw e;
        }
        ends();
        return answer;
    }

    /** Works as {@link #waiting(PreparedStatement, Call)}, and tells where the statement ends there, with an error. */
    public <T> T waiting(PreparedStatement statement, StatementTap.@Nullable Sent sent, Call<T> call)
            throws SQLException {
        if (sent == null) {
            return waiting(statement, call);
        }
        try {
            return waiting(statement, call);
        } catch (SQLException | RuntimeException | Error e) {
            StatementTap.ended(sent, -1, e);
            throw e;
        }
    }

    /** Begins to wait for more rows of the statement that was waited for last. {@link #ends} or {@link #ended} has to follow. */
    void begins() {
        StatementWatch whose = watch;
        if (whose != null) {
            running.begin();
            whose.begun();
        }
    }

    /** Ends a wait that was not in vain. */
    void ends() {
        if (watch != null && running.end() != null) {
            // It was stopped too late, and so may what comes next be.
            broken = true;
        }
    }

    /** Ends a wait that ended with an error, and returns what is to be thrown: where the statement was stopped, that says why. */
    SQLException ended(SQLException error) {
        StatementWatch whose = watch;
        if (whose == null) {
            return error;
        }
        StoppedException.Reason reason = running.end();
        boolean stopped = whose.stops().isStopped(error);
        if (reason == null && stopped && longest > 0 && begun != 0 && System.nanoTime() - begun >= longest / 10 * 9) {
            reason = StoppedException.Reason.TOO_LONG;
        }
        if (reason != null && !stopped) {
            broken = true;
        }
        return reason == null || !stopped ? error : new StoppedException(error, reason, Duration.ofNanos(longest));
    }

    /** Has the store send no more of an answer that nobody takes to its end, where closing it would wait for all of it. */
    void stopsRest() throws SQLException {
        StatementWatch whose = watch;
        // The connection of somebody else goes on, so nothing may be stopped on it late.
        if (whose != null && !isGuest() && whose.stops().countsWhatIsNotTaken() && running.stop(whose.stops())) {
            // It may have come to its end, and what comes next be stopped.
            broken = true;
        }
    }

    /** Ends a wait on what is no answer of the store. */
    void abandons() {
        if (watch != null) {
            running.end();
        }
    }

    /** Runs a query that may bring the setting of its own limit along. */
    public static ResultSet rows(PreparedStatement statement, boolean alone) throws SQLException {
        if (alone) {
            return statement.executeQuery();
        }
        boolean rows = statement.execute();
        while (!rows && statement.getUpdateCount() != -1) {
            rows = statement.getMoreResults();
        }
        return Objects.requireNonNull(statement.getResultSet());
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

    /** Takes note that nothing but rows of a selection are read until the session is put to rest. */
    public void selects() {
        selecting = true;
    }

    boolean isSelecting() {
        return selecting;
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
        selecting = false;
        timeout = 0;
        longest = 0;
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
        ofConnection = 0;
        connection = fresh;
    }

    /** Runs a statement that answers nothing. */
    public void execute(String sql) throws SQLException {
        StatementTap.Sent sent = tap.begin(sql);
        try {
            prepare(sql).execute();
            StatementTap.ended(sent, -1, null);
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
            failed(sql, e);
            throw e;
        }
    }

    /** Runs a change and answers how many rows it touched. */
    public long update(Sql sql) throws SQLException {
        StatementTap.Sent sent = tap.begin(sql.text());
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            changing = true;
            long rows = waiting(statement, statement::executeLargeUpdate);
            forgetLarge(statement, sql);
            StatementTap.ended(sent, rows, null);
            return rows;
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
            failed(sql.text(), e);
            throw e;
        }
    }

    /** Runs a change whose values somebody else binds, and answers how many rows it touched. */
    public long update(String sql, Binding binding) throws SQLException {
        StatementTap.Sent sent = tap.begin(sql);
        try {
            PreparedStatement statement = prepare(sql);
            binding.bind(statement);
            changing = true;
            long rows = waiting(statement, statement::executeLargeUpdate);
            statement.clearParameters();
            StatementTap.ended(sent, rows, null);
            return rows;
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
            failed(sql, e);
            throw e;
        }
    }

    /** Runs a query and reads its whole answer. */
    public <T> T query(Sql sql, Answer<T> answer) throws SQLException {
        StatementTap.Sent sent = tap.begin(sql.text());
        try {
            PreparedStatement statement = prepare(sql.text());
            sql.bind(statement);
            try (ResultSet rows = waiting(statement, statement::executeQuery)) {
                T read = answer.read(rows);
                StatementTap.ended(sent, -1, null);
                return read;
            }
        } catch (SQLException e) {
            StatementTap.ended(sent, -1, e);
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
