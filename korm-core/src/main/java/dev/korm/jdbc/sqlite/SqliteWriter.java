package dev.korm.jdbc.sqlite;

import dev.korm.ClosedException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.concurrent.CombiningQueue;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The one connection that writes, and who may use it: one thread at a time, the one that has the <em>turn</em>. Safe for many threads.
 *
 * <p><b>Who owns what.</b> {@link CombiningQueue} hands the turn from thread to thread; nobody touches the session without it.
 * {@link WritingSession} knows what the transaction is at, {@link GroupCommit} what becomes of batches. A {@link PendingBatch} belongs to its own
 * thread, but while the thread with the turn is working on it.
 *
 * <p><b>Uses of a turn.</b> {@link #apply}: the turn takes along every batch that waits, and all share a commit. {@link #prepare}: the
 * turn stays with the transaction until that is committed or rolled back, by any thread; meanwhile nobody else writes. {@link #load}: likewise, for a transaction of many rows.
 * {@link #inTransaction} and {@link #alone}: one piece of work, whole, and with the turn to itself.
 *
 * <p><b>What holds.</b> Whoever gets the turn finds the session at rest, or settles what the last one left before anything else
 * ({@link WritingSession#ready}); where that cannot be done, writing has ended for good and says so. A turn is given back by an assignment, which
 * cannot fail, and in a {@code finally}. Each wait for it has a limit and ends with an interrupt, closing's apart; then nothing was done.
 */
final class SqliteWriter {
    private final String layer;
    private final WritingSession session;
    private final GroupCommit commits;
    private final SqliteErrors errors;
    private final long patience;
    private final CombiningQueue<PendingBatch> turn;

    /** @param patience nanoseconds that a batch waits for its turn */
    SqliteWriter(WritingSession session, BatchWriter batches, SqliteErrors errors, long patience) {
        this.layer = errors.layer();
        this.session = session;
        this.commits = new GroupCommit(errors, this.session, batches);
        this.errors = errors;
        this.patience = patience;
        this.turn = new CombiningQueue<>(commits);
    }

    /** @param longest how long each statement may take; zero for as long as it likes */
    BatchResult apply(Batch batch, Duration longest) {
        PendingBatch pending = new PendingBatch(batch, longest);
        if (!turn.work(pending, patience)) {
            throw busy();
        }
        return pending.outcome();
    }

    PreparedBatch prepare(Batch batch, Duration longest) {
        CombiningQueue.Grant grant = acquire(patience);
        boolean prepared = false;
        try {
            session.ready();
            BatchResult result = commits.applyInOpen(batch, longest);
            Prepared open = new Prepared(grant, result);
            prepared = result instanceof BatchResult.Applied;
            return open;
        } finally {
            if (!prepared) {
                grant.over = true;
                turn.passOn(grant);
            }
        }
    }

    /**
     * Begins a load, which has the turn until it has ended.
     *
     * @param committed is run when its rows can be seen
     */
    RowLoad load(TableName table, List<ColumnSchema> columns, Runnable committed) {
        CombiningQueue.Grant grant = acquire(patience);
        boolean begun = false;
        try {
            session.ready();
            RowLoad load = new SqliteLoad(session, commits, () -> passOn(grant), table, columns, committed).begin();
            begun = true;
            return load;
        } finally {
            if (!begun) {
                passOn(grant);
            }
        }
    }

    private void passOn(CombiningQueue.Grant grant) {
        grant.over = true;
        turn.passOn(grant);
    }

    /** Runs within a transaction that holds the write lock, and commits. */
    <T> T inTransaction(String attempted, Work<T> work) {
        CombiningQueue.Grant grant = acquire(patience);
        try {
            session.ready();
            session.limit(Duration.ZERO);
            session.beginOrThrow();
            T answer;
            try {
                answer = work.run(session.session());
            } catch (SQLException e) {
                session.rollback();
                throw session.failure(attempted, e, Outcome.NOT_APPLIED);
            } catch (RuntimeException | Error e) {
                session.takeBack(e);
                throw e;
            }
            session.commitOrThrow();
            return answer;
        } finally {
            grant.over = true;
            turn.passOn(grant);
        }
    }

    /** Runs with the session to itself and without a transaction, waiting at the most {@code nanos}. */
    <T> T alone(long nanos, Work<T> work) throws SQLException {
        CombiningQueue.Grant grant = acquire(nanos);
        try {
            session.ready();
            session.limit(Duration.ZERO);
            session.use();
            T answer;
            try {
                answer = work.run(session.session());
            } catch (SQLException e) {
                session.rollback();
                throw e;
            } catch (RuntimeException | Error e) {
                session.takeBack(e);
                throw e;
            }
            session.rest();
            return answer;
        } finally {
            grant.over = true;
            turn.passOn(grant);
        }
    }

    private CombiningQueue.Grant acquire(long nanos) {
        CombiningQueue.Grant grant = turn.acquire(nanos);
        if (grant == null) {
            throw busy();
        }
        return grant;
    }

    /** Returns the exception for a turn that did not come. */
    private RuntimeException busy() {
        if (Thread.currentThread().isInterrupted()) {
            return new OperationInterruptedException("Writing on " + errors.where(), Outcome.NOT_APPLIED, null);
        }
        return new StoreBusyException(
                layer,
                "Writing did not get its turn in time on " + errors.where() + ": other changes, or a transaction that"
                        + " is kept open, took longer than the busy timeout. Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    /** Returns how many transactions were committed; several batches may share one. */
    long commits() {
        return session.commits();
    }

    /** Returns how many batches wait; for tests. */
    int waiting() {
        return turn.waiting();
    }

    /**
     * Lets what waits finish, then ends writing. A transaction that stays open for longer than the patience is rolled back.
     *
     * @param last runs with the session to itself before it is closed
     */
    void close(Work<?> last) throws SQLException {
        // An interrupted thread closes as any other: the wait has a limit.
        boolean interrupted = Thread.interrupted();
        try {
            CombiningQueue.Grant grant = turn.acquire(patience);
            boolean sound = grant != null && isReady();
            session.end(() -> new ClosedException("The layer " + layer + " was closed"));
            if (grant == null) {
                SqliteHandle.cut(session.session().connection());
            } else {
                close(grant, sound ? last : unsound -> true);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isReady() {
        try {
            session.ready();
            return true;
        } catch (KormException cannotBeUsed) {
            return false;
        }
    }

    private void close(CombiningQueue.Grant grant, Work<?> last) throws SQLException {
        try {
            last.run(session.session());
        } finally {
            try {
                session.session().close();
            } finally {
                grant.over = true;
                turn.passOn(grant);
            }
        }
    }

    /** Work on the session. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** A transaction that is open, and has the turn. */
    private final class Prepared implements PreparedBatch {
        private final CombiningQueue.Grant grant;
        private final BatchResult result;
        private final AtomicBoolean open;

        Prepared(CombiningQueue.Grant grant, BatchResult result) {
            this.grant = grant;
            this.result = result;
            this.open = new AtomicBoolean(result instanceof BatchResult.Applied);
        }

        @Override
        public BatchResult result() {
            return result;
        }

        @Override
        public void commit() {
            if (!open.getAndSet(false)) {
                throw new IllegalStateException("The transaction was finished already");
            }
            try {
                session.checkOpen();
                session.commitOrThrow();
            } finally {
                grant.over = true;
                turn.passOn(grant);
            }
        }

        @Override
        public void rollback() {
            close();
        }

        @Override
        public void close() {
            if (open.getAndSet(false)) {
                try {
                    session.rollback();
                } finally {
                    grant.over = true;
                    turn.passOn(grant);
                }
            }
        }
    }
}
