package dev.korm.jdbc.sqlite;

import dev.korm.StoreException.Outcome;
import dev.korm.StoreStoppedException;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.StatementTap;
import dev.korm.jdbc.session.StatementWatch;
import dev.korm.jdbc.session.UncheckedSqlException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The session that writes, and what is known of its transaction. For whoever has the {@link CombiningQueue}.
 *
 * <p><b>Phases.</b> AT_REST: no transaction is open. OPEN: one is, or may be, and nothing of it is durable. COMMITTING: what makes it
 * durable was sent. COMMITTED: it is durable, and those it is about were not told yet. UNKNOWN: it cannot be found out any more whether
 * it is.
 *
 * <p>A phase is assigned before what it is about is done, and AT_REST only on proof. So whatever is thrown in between, an {@link Error} of
 * a thread without stack or memory included, leaves a phase that says what may be the case. Whoever has the turn next sees it,
 * {@link #examine examines} it and {@link #renew renews} the session; where that fails, writing ends for good.
 */
final class WritingSession {
    static final String BEGINNING = "Beginning a transaction";
    static final String COMMITTING = "Committing";
    private static final String STILL_OPEN = "it is not known whether a transaction that failed is still open";

    private final String layer;
    private final Session session;
    private final SqliteErrors errors;
    private final SqliteConnector connector;

    /** Null in memory. */
    private final @Nullable DeferredCheckpoints checkpoints;

    /** Null where checkpoints are not deferred. */
    private @Nullable LogRoom room;

    private final AtomicLong commits = new AtomicLong();

    private Phase phase = Phase.AT_REST;

    /** Whether what the last commit that failed was about may have happened. */
    private Outcome failedCommit = Outcome.NOT_APPLIED;

    /** Why nothing is written any more. Volatile to refuse early. */
    private volatile @Nullable Supplier<RuntimeException> ended;

    private enum Phase {
        AT_REST,
        OPEN,
        COMMITTING,
        COMMITTED,
        UNKNOWN
    }

    /** The state of a transaction that a thread has left. */
    enum Left {
        NOTHING,
        COMMITTED,
        UNKNOWN
    }

    /** @param readers those who read beside it; null in memory */
    WritingSession(
            SqliteConnector connector,
            SqliteErrors errors,
            StatementTap tap,
            StatementWatch watch,
            @Nullable ReaderPool readers) {
        this.layer = errors.layer();
        this.session = new Session(connector.writer(), tap, watch);
        this.connector = connector;
        this.errors = errors;
        this.checkpoints = readers == null ? null : new DeferredCheckpoints(readers);
    }

    Session session() {
        return session;
    }

    /** Returns the exception for an error; {@code attempted} completes the sentence "… failed". */
    RuntimeException failure(String attempted, SQLException e, Outcome outcome) {
        RuntimeException why = outcome == Outcome.NOT_APPLIED ? whyEnded() : null;
        return why != null ? why : errors.translate(attempted, e, outcome);
    }

    /** Returns how many transactions were committed. */
    long commits() {
        return commits.get();
    }

    /** Returns an exception that says why nothing is written any more; null while something is. */
    @Nullable RuntimeException whyEnded() {
        Supplier<RuntimeException> why = ended;
        return why == null ? null : why.get();
    }

    void checkOpen() {
        RuntimeException why = whyEnded();
        if (why != null) {
            throw why;
        }
    }

    boolean isAtRest() {
        return phase == Phase.AT_REST;
    }

    /** Sees to it that no transaction is open. */
    void ready() {
        checkOpen();
        if (phase != Phase.AT_REST || session.isBroken()) {
            try {
                examine();
                renew();
            } catch (UncheckedSqlException e) {
                throw failure(BEGINNING, e.reason(), Outcome.NOT_APPLIED);
            }
            checkOpen();
        }
        if (checkpoints != null) {
            if (checkpoints.look(session, commits.get())) {
                if (room == null) {
                    room = connector.logRoom().orElse(null);
                }
                if (room != null) {
                    make(room);
                }
            } else if (!checkpoints.isDeferred()) {
                room = null;
            }
        }
    }

    /** Makes room in the log, where some is missing. What fails then costs time, and no change. */
    private void make(LogRoom room) {
        try {
            long missing = room.missing(session);
            if (missing > 0) {
                begin();
                LogRoom.make(session, missing);
            }
        } catch (SQLException slower) {
            // Commits are as fast as they are into a file that grows.
        }
        if (phase != Phase.AT_REST) {
            rollback();
            checkOpen();
        }
    }

    /** Notes that what the session was used for has ended, and left no transaction. */
    void rest() {
        phase = Phase.AT_REST;
    }

    /** Limits each statement of a change; who waits for another's change may not stop it. */
    void limit(Duration longest) {
        session.allow(longest, false);
    }

    /** Notes that the session is used without a transaction, and commits nothing. */
    void use() {
        phase = Phase.OPEN;
    }

    /** Notes that a statement is sent which commits itself. */
    void useForStatement() {
        phase = Phase.COMMITTING;
    }

    /** Notes that a statement has committed itself. */
    void statementCommitted() {
        phase = Phase.COMMITTED;
        commits.incrementAndGet();
    }

    void begin() throws SQLException {
        phase = Phase.OPEN;
        try {
            session.execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            rollback();
            throw e;
        }
    }

    void beginOrThrow() {
        try {
            begin();
        } catch (SQLException e) {
            throw failure(BEGINNING, e, Outcome.NOT_APPLIED);
        }
    }

    /** Commits what is about nobody but the caller. */
    void commitOrThrow() {
        try {
            commit();
            phase = Phase.AT_REST;
        } catch (SQLException e) {
            throw failure(COMMITTING, e, failedCommit);
        }
    }

    /** Commits; {@link #rest} is to be called when those it is about were told. */
    void commit() throws SQLException {
        phase = Phase.COMMITTING;
        try {
            session.execute("COMMIT");
        } catch (SQLException e) {
            failedCommit(e);
            throw e;
        }
        phase = Phase.COMMITTED;
        commits.incrementAndGet();
    }

    /**
     * Sees to a commit that failed, and says whether what it is about may have happened. When the disk failed, the end of the log may
     * have reached it without our knowing; then nothing more is written.
     */
    Outcome failedCommit(SQLException e) {
        if (SqliteErrors.isInputOutput(e)) {
            failedCommit = Outcome.UNKNOWN;
            stop("the disk failed in an earlier commit, which may have happened or not", e);
        } else if (session.isBroken()) {
            failedCommit = Outcome.UNKNOWN;
            takeBack(e);
            if (phase == Phase.OPEN) {
                failedCommit = Outcome.NOT_APPLIED;
            }
        } else {
            failedCommit = Outcome.NOT_APPLIED;
            rollback();
        }
        return failedCommit;
    }

    /** Returns whether what the last commit that failed was about may have happened. */
    Outcome failedCommit() {
        return failedCommit;
    }

    /** Finds out what came of a transaction that a thread has left, and takes it back. {@link #renew} has to follow. */
    Left examine() {
        boolean tookBack = SqliteHandle.run(session.connection(), "ROLLBACK");
        if (phase == Phase.COMMITTING) {
            phase = tookBack ? Phase.OPEN : Phase.UNKNOWN;
        }
        if (phase == Phase.UNKNOWN) {
            return Left.UNKNOWN;
        }
        return phase == Phase.COMMITTED ? Left.COMMITTED : Left.NOTHING;
    }

    /**
     * Comes to rest after a failure that nobody foresaw, which leaves the driver's statements in any state: with another connection, or
     * in memory, where the database would end with it, without its statements.
     */
    void renew() {
        Connection old = session.connection();
        SqliteHandle.run(old, "ROLLBACK");
        boolean inMemory = connector.isInMemory();
        if (inMemory) {
            session.renew();
        }
        boolean gone = !inMemory && SqliteHandle.isClosed(old);
        // A transaction begins only where none is open.
        if (!gone && !(SqliteHandle.run(old, "BEGIN") && SqliteHandle.run(old, "ROLLBACK"))) {
            stop(STILL_OPEN, null);
            return;
        }
        if (!inMemory) {
            session.renew(connector.writer());
            if (checkpoints != null) {
                checkpoints.renewed();
            }
            closeQuietly(old);
        }
        phase = Phase.AT_REST;
    }

    private static void closeQuietly(Connection old) {
        try {
            old.close();
        } catch (SQLException | RuntimeException e) {
            // The driver has lost count of its statements. It holds no lock, and ends with the program.
        }
    }

    /** Takes back what is open. SQLite has done so by itself after some errors. */
    void rollback() {
        if (session.isBroken()) {
            try {
                examine();
            } catch (UncheckedSqlException notAsked) {
                // Whoever has the turn next does, and renews the session.
            }
            return;
        }
        try {
            session.execute("ROLLBACK");
            phase = Phase.AT_REST;
        } catch (SQLException noneIsOpen) {
            proveRest();
        }
    }

    /** Proves that no transaction is open, since a transaction begins only then. */
    private void proveRest() {
        try {
            session.execute("BEGIN");
            session.execute("ROLLBACK");
            phase = Phase.AT_REST;
        } catch (SQLException e) {
            // What the driver itself failed with proves nothing; whoever has the turn next renews the session.
            if (!session.isBroken()) {
                stop(STILL_OPEN, e);
            }
        }
    }

    /**
     * Takes back what is open after any failure. After one that nobody foresaw nothing else is touched: whoever has the turn next
     * {@link #renew renews} the session, with a stack that is not exhausted.
     */
    void takeBack(Throwable failure) {
        if (Session.isForeseen(failure)) {
            rollback();
            return;
        }
        try {
            examine();
        } catch (RuntimeException | Error alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private void stop(String why, @Nullable SQLException cause) {
        boolean first = end(() -> new StoreStoppedException(
                layer,
                "Nothing is written any more on " + errors.where() + ": " + why + ". Close the pool and open it anew",
                Outcome.NOT_APPLIED,
                cause));
        if (first) {
            try {
                // What is open ends with the connection.
                session.close();
            } catch (SQLException alsoFailed) {
                if (cause != null) {
                    cause.addSuppressed(alsoFailed);
                }
            }
        }
    }

    /** Ends writing for that reason; false when it had ended before. */
    boolean end(Supplier<RuntimeException> why) {
        if (ended != null) {
            return false;
        }
        ended = why;
        return true;
    }
}
