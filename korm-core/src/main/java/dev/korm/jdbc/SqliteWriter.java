package dev.korm.jdbc;

import dev.korm.ClosedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes, and the transactions on it. Batches that wait for it share a commit: each is applied under
 * a savepoint of its own, so what is refused takes back only itself.
 *
 * <p>The session belongs to whoever has the {@link Turn}.
 */
final class SqliteWriter {
    private final String layer;
    private final Session session;
    private final BatchWriter batches;
    private final SqliteErrors errors;
    private final long patience;
    private final Turn<Pending> turn = new Turn<>(this::applyTogether);
    private final AtomicLong commits = new AtomicLong();

    /** Why nothing is written any more. Guarded by the turn; volatile to refuse early. */
    private volatile @Nullable Supplier<RuntimeException> ended;

    /** @param patience nanoseconds that a batch waits for its turn */
    SqliteWriter(String layer, Session session, BatchWriter batches, SqliteErrors errors, long patience) {
        this.layer = layer;
        this.session = session;
        this.batches = batches;
        this.errors = errors;
        this.patience = patience;
    }

    BatchResult apply(Batch batch) {
        Pending pending = new Pending(batch);
        if (!turn.work(pending, patience)) {
            throw busy();
        }
        return pending.outcome();
    }

    PreparedBatch prepare(Batch batch) {
        acquire();
        boolean prepared = false;
        try {
            begin();
            BatchResult result = applyOrRollBack(batch);
            prepared = result instanceof BatchResult.Applied;
            return new Prepared(result, prepared);
        } finally {
            if (!prepared) {
                turn.release();
            }
        }
    }

    /** Runs within a transaction that holds the write lock, and commits. */
    <T> T inTransaction(String attempted, Work<T> work) {
        acquire();
        try {
            begin();
            T answer;
            try {
                answer = work.run(session);
            } catch (SQLException e) {
                rollback();
                throw errors.translate(attempted, e, Outcome.NOT_APPLIED);
            } catch (RuntimeException | Error e) {
                rollback();
                throw e;
            }
            commit();
            return answer;
        } finally {
            turn.release();
        }
    }

    /** Runs with the session to itself and without a transaction, waiting at the most {@code nanos}. */
    <T> T alone(long nanos, SessionWork<T> work) {
        if (!turn.acquire(nanos)) {
            throw busy();
        }
        try {
            checkOpen();
            return work.run(session);
        } finally {
            turn.release();
        }
    }

    private void acquire() {
        if (!turn.acquire(patience)) {
            throw busy();
        }
        try {
            checkOpen();
        } catch (RuntimeException e) {
            turn.release();
            throw e;
        }
    }

    private void checkOpen() {
        Supplier<RuntimeException> why = ended;
        if (why != null) {
            throw why.get();
        }
    }

    private StoreBusyException busy() {
        return new StoreBusyException(
                layer,
                "Writing did not get its turn in time on " + errors.where() + ": other changes, or a transaction that"
                        + " is kept open, took longer than the busy timeout. Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    private void applyTogether(List<Pending> group) {
        Supplier<RuntimeException> why = ended;
        if (why != null) {
            group.forEach(pending -> pending.fail(why.get()));
        } else if (group.size() == 1) {
            applyAlone(group.get(0));
        } else {
            applyGroup(group);
        }
    }

    private void applyAlone(Pending pending) {
        try {
            if (isOneStatement(pending.batch)) {
                pending.succeed(applyAsStatement(pending.batch));
                return;
            }
            begin();
            BatchResult result = applyOrRollBack(pending.batch);
            if (result instanceof BatchResult.Applied) {
                commit();
            }
            pending.succeed(result);
        } catch (RuntimeException | Error e) {
            pending.fail(e);
        }
    }

    /** A statement is a transaction by itself; SQLite begins and commits it at less cost than two statements more. */
    private static boolean isOneStatement(Batch batch) {
        return batch.mutations().size() == 1 && batch.marker().isEmpty();
    }

    private BatchResult applyAsStatement(Batch batch) {
        try {
            BatchResult result = batches.apply(batch);
            if (result instanceof BatchResult.Applied) {
                commits.incrementAndGet();
            }
            return result;
        } catch (SQLException e) {
            throw failedCommit("Writing", e);
        }
    }

    private BatchResult applyOrRollBack(Batch batch) {
        try {
            BatchResult result = batches.apply(batch);
            if (result instanceof BatchResult.Refused) {
                rollback();
            }
            return result;
        } catch (SQLException e) {
            rollback();
            throw errors.translate("Writing", e, Outcome.NOT_APPLIED);
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    private void applyGroup(List<Pending> group) {
        try {
            begin();
            for (Pending pending : group) {
                applyWithin(pending);
            }
            commit();
        } catch (TransactionLost lost) {
            // One of them made SQLite take back everything, such as a full disk. Alone, it fails alone.
            rollback();
            group.forEach(this::applyAlone);
        } catch (RuntimeException | Error e) {
            group.forEach(pending -> pending.fail(e));
        }
    }

    private void applyWithin(Pending pending) {
        try {
            session.execute("SAVEPOINT korm_batch");
        } catch (SQLException e) {
            throw new TransactionLost(e);
        }
        boolean applied = false;
        try {
            BatchResult result = batches.apply(pending.batch);
            applied = result instanceof BatchResult.Applied;
            pending.keep(result, null);
        } catch (SQLException e) {
            pending.keep(null, errors.translate("Writing", e, Outcome.NOT_APPLIED));
        } catch (RuntimeException | Error e) {
            pending.keep(null, e);
        }
        try {
            if (!applied) {
                session.execute("ROLLBACK TO korm_batch");
            }
            session.execute("RELEASE korm_batch");
        } catch (SQLException e) {
            throw new TransactionLost(e);
        }
    }

    private void begin() {
        try {
            session.execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            throw errors.translate("Beginning a transaction", e, Outcome.NOT_APPLIED);
        }
    }

    private void commit() {
        try {
            session.execute("COMMIT");
            commits.incrementAndGet();
        } catch (SQLException e) {
            rollback();
            throw failedCommit("Committing", e);
        }
    }

    /** Only when the disk failed may the end of the log have reached it without our knowing. Then nothing more is written. */
    private StoreException failedCommit(String attempted, SQLException e) {
        boolean unknown = SqliteErrors.isInputOutput(e);
        if (unknown) {
            ended = () -> new StoreException(
                    layer,
                    "Nothing is written any more on " + errors.where() + ": the disk failed in an earlier commit,"
                            + " which may have happened or not. Open the pool anew",
                    Outcome.NOT_APPLIED,
                    e);
        }
        return errors.translate(attempted, e, unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
    }

    private void rollback() {
        try {
            session.execute("ROLLBACK");
        } catch (SQLException alreadyRolledBack) {
            // SQLite takes a transaction back by itself after some errors; there is nothing left to do.
        }
    }

    /** How many transactions were committed; several batches may share one. */
    long commits() {
        return commits.get();
    }

    /** How many batches wait; for tests. */
    int waiting() {
        return turn.waiting();
    }

    /**
     * Lets what waits finish, then ends writing. A transaction that stays open for longer than the patience is rolled back.
     *
     * @param last runs with the session to itself before it is closed
     */
    void close(SessionWork<?> last) throws SQLException {
        boolean mine = turn.acquire(patience);
        ended = () -> new ClosedException("The layer " + layer + " was closed");
        try {
            if (mine) {
                last.run(session);
            }
        } finally {
            session.close();
            if (mine) {
                turn.release();
            }
        }
    }

    /** Work on the session. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** Work on the session that translates its errors itself. */
    interface SessionWork<T> {
        T run(Session session);
    }

    /** The transaction is gone, and with it what was applied in it. */
    private static final class TransactionLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TransactionLost(SQLException cause) {
            super(cause);
        }
    }

    /** A batch and what came of it. Written by the thread that has the turn, read by its own after it was woken. */
    private static final class Pending {
        final Batch batch;

        private @Nullable BatchResult result;
        private @Nullable Throwable failure;

        Pending(Batch batch) {
            this.batch = batch;
        }

        void keep(@Nullable BatchResult newResult, @Nullable Throwable newFailure) {
            result = newResult;
            failure = newFailure;
        }

        void succeed(BatchResult newResult) {
            keep(newResult, null);
        }

        void fail(Throwable newFailure) {
            keep(null, newFailure);
        }

        BatchResult outcome() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            if (result == null) {
                throw new IllegalStateException("A batch was neither applied nor refused");
            }
            return result;
        }
    }

    /** A transaction that is open, and has the turn. */
    private final class Prepared implements PreparedBatch {
        private final BatchResult result;
        private final AtomicBoolean open;

        Prepared(BatchResult result, boolean open) {
            this.result = result;
            this.open = new AtomicBoolean(open);
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
                checkOpen();
                SqliteWriter.this.commit();
            } finally {
                turn.release();
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
                    SqliteWriter.this.rollback();
                } finally {
                    turn.release();
                }
            }
        }
    }
}
