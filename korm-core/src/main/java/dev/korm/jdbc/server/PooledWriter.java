package dev.korm.jdbc.server;

import dev.korm.KormException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.session.Detour;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.session.StackReserve;
import dev.korm.jdbc.session.StoppedException;
import dev.korm.jdbc.session.StoreErrors;
import dev.korm.jdbc.write.BatchWriter;
import dev.korm.jdbc.write.BatchWriter.Failing;
import dev.korm.jdbc.write.Catalog;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Changes of a layer on a server. Safe for many threads; each change takes a session of its own and gives it back when it has ended.
 *
 * <p><b>Two attempts.</b> An error may end a transaction there, so a batch is first sent as if nothing could be wrong with it. Only when a statement
 * fails for a reason that must be looked up ({@link BatchWriter.LookAgain}) is the batch taken back and applied anew, with a savepoint
 * before each statement. One statement without a marker, of few rows, commits itself, on one way to the server and back.
 *
 * <p><b>Repeated without telling anybody.</b> A conflict with another transaction (deadlock, serialization, a node of a cluster that was first) means
 * that nothing happened: the whole batch is tried again after a random pause, at the most {@value #ATTEMPTS} times. Where the schema must
 * change first ({@link SchemaFirst}), that is done in a transaction of its own in between.
 *
 * <p><b>What holds at a failure.</b> Before COMMIT was sent, and before the one statement that commits itself, a failure means that nothing happened.
 * Behind it, a lost connection or anything unforeseen from the driver means that the outcome is unknown, and is said to be. Either way
 * {@link Sessions#release} rolls back what is open, or drops a connection of which nobody knows what it is at.
 *
 * <p><b>A prepared batch</b> owns its session from {@link #prepare} until it is committed, rolled back or closed, by any thread, once.
 * Closing the layer waits for changes that run, as long as a change may wait for a lock; it does not wait for prepared ones.
 */
public final class PooledWriter {
    /** How often a transaction is tried that others keep from happening. */
    private static final int ATTEMPTS = 12;

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

    private final Sessions sessions;
    private final StoreErrors errors;
    private final Environment environment;
    private final Waiting waiting;
    private final Batches batches;
    private final Catalog catalog;

    /** Changes hold it for reading, so that closing waits for them. */
    private final ReadWriteLock working = new ReentrantReadWriteLock();

    public PooledWriter(Sessions sessions, Environment environment, Waiting waiting, Catalog catalog, Batches batches) {
        this.sessions = sessions;
        this.errors = sessions.errors();
        this.environment = environment;
        this.waiting = waiting;
        this.catalog = catalog;
        this.batches = batches;
    }

    /** The limits on how long a change waits for others. */
    public interface Waiting {
        /** Returns how long a change may wait for a lock. */
        int seconds();

        /** Seconds after which a statement is cancelled; 0 for none. */
        int statement(boolean manyRows);

        /** Limits the wait within a transaction that has just begun. */
        void transaction(Session session, boolean manyRows) throws SQLException;
    }

    /** Makes what applies batches on a session. */
    public interface Batches {
        BatchWriter on(Session session, Failing failing);
    }

    /** Another transaction was in the way. Nothing happened. */
    private static final class InTheWay extends Detour {
        private static final long serialVersionUID = 1L;

        private final SQLException reason;

        InTheWay(SQLException reason) {
            super(reason);
            this.reason = reason;
        }
    }

    BatchResult apply(Batch batch) {
        return withSchema(() -> applyOnce(batch));
    }

    private BatchResult applyOnce(Batch batch) {
        return working("Writing", () -> {
            try {
                return isOneStatement(batch) && !catalog.hasUndecidedStatements() && !sessions.areSurrounded()
                        ? applyAsStatement(batch)
                        : applyInTransaction(batch, Failing.LOSES_TRANSACTION);
            } catch (BatchWriter.LookAgain failed) {
                return applyInTransaction(batch, Failing.RETURNS_TO_SAVEPOINT);
            }
        });
    }

    PreparedBatch prepare(Batch batch) {
        return withSchema(() -> prepareOnce(batch));
    }

    /** Runs the work; what it lacks in the schema and cannot make within its transaction is made in between. */
    private <T> T withSchema(Attempt<T> work) {
        while (true) {
            try {
                return work.run();
            } catch (SchemaFirst first) {
                changeSchema("Writing", session -> {
                    first.change.run(session);
                    return true;
                });
            }
        }
    }

    private PreparedBatch prepareOnce(Batch batch) {
        return working("Writing", () -> {
            try {
                return prepare(batch, Failing.LOSES_TRANSACTION);
            } catch (BatchWriter.LookAgain failed) {
                return prepare(batch, Failing.RETURNS_TO_SAVEPOINT);
            }
        });
    }

    TableSchema evolve(TableSchema wanted, Set<String> replace) {
        return changeSchema("Evolving table " + wanted.table(), session -> catalog.evolve(session, wanted, replace));
    }

    <T> T changeSchema(String attempted, Sessions.Work<T> work) {
        return working(attempted, () -> {
            // An index over a large table takes as long as it takes.
            Session session = sessions.takeUnlimited();
            boolean committing = false;
            try {
                begin(session, true);
                T answer = work.run(session);
                committing = true;
                session.connection().commit();
                return answer;
            } catch (SQLException e) {
                session.failed(e);
                if (errors.isMadeTwice(e)) {
                    throw new InTheWay(e);
                }
                throw failure(session, attempted, e, committing);
            } catch (RuntimeException | Error e) {
                throw unforeseen(session, attempted, e, committing);
            } finally {
                unlockAndRelease(session);
            }
        });
    }

    private void unlockAndRelease(Session session) {
        try {
            if (!session.isBroken()) {
                catalog.unlock(session);
            }
        } finally {
            sessions.release(session);
        }
    }

    /** The schema has to be changed before the batch, by a database whose transactions do not take that in. */
    public static final class SchemaFirst extends Detour {
        private static final long serialVersionUID = 1L;

        private final transient SchemaChange change;

        public SchemaFirst(SchemaChange change) {
            super(null);
            this.change = change;
        }
    }

    /** A change of the schema. */
    public interface SchemaChange {
        void run(Session session) throws SQLException;
    }

    /** A unit of work that is run again when it conflicts with others. */
    private interface Attempt<T> {
        T run();
    }

    private <T> T working(String attempted, Attempt<T> work) {
        StackReserve.require();
        try {
            working.readLock().lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw errors.interrupted(attempted, e);
        }
        try {
            long pause = FIRST_PAUSE;
            for (int attempt = 1; ; attempt++) {
                sessions.checkOpen();
                try {
                    return work.run();
                } catch (InTheWay e) {
                    if (attempt == ATTEMPTS) {
                        throw errors.translate(attempted, e.reason, Outcome.NOT_APPLIED);
                    }
                    sessions.tap().repeated(attempted, attempt, e.reason);
                    pause(pause, attempted, e.reason);
                    pause = Math.min(2 * pause, LONGEST_PAUSE);
                }
            }
        } finally {
            working.readLock().unlock();
        }
    }

    private void pause(long longest, String attempted, SQLException reason) {
        try {
            environment.sleep(Duration.ofNanos(environment.random().nextLong(longest / 2, longest)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            interrupted.addSuppressed(reason);
            throw errors.interrupted(attempted, interrupted);
        }
    }

    /**
     * Checks whether the batch is one statement, which is a transaction by itself, on one way to the server and back.
     */
    private static boolean isOneStatement(Batch batch) {
        return batch.mutations().size() == 1 && batch.marker().isEmpty() && !changesMany(batch);
    }

    /** Returns whether the batch may take long by its nature, so that only waiting for locks is limited. */
    private static boolean changesMany(Batch batch) {
        for (Mutation mutation : batch.mutations()) {
            if (mutation instanceof Mutation.UpdateSelected
                    || mutation instanceof Mutation.DeleteSelected
                    || mutation instanceof Mutation.RequireNone) {
                return true;
            }
        }
        return false;
    }

    private Session take(Batch batch) {
        return sessions.takeForChange(waiting.statement(changesMany(batch)));
    }

    private void begin(Session session, boolean manyRows) throws SQLException {
        session.begin();
        session.limitConnection();
        waiting.transaction(session, manyRows);
    }

    private BatchResult applyAsStatement(Batch batch) {
        Session session = take(batch);
        try {
            session.connection().setAutoCommit(true);
            return batches.on(session, Failing.LOSES_TRANSACTION).apply(batch);
        } catch (SQLException e) {
            throw failure(session, "Writing", e, true);
        } catch (RuntimeException | Error e) {
            throw unforeseen(session, "Writing", e, true);
        } finally {
            sessions.release(session);
        }
    }

    private BatchResult applyInTransaction(Batch batch, Failing failing) {
        Session session = take(batch);
        boolean committing = false;
        try {
            begin(session, changesMany(batch));
            BatchResult result = batches.on(session, failing).apply(batch);
            if (result instanceof BatchResult.Applied) {
                committing = true;
                session.connection().commit();
            }
            return result;
        } catch (SQLException e) {
            throw failure(session, "Writing", e, committing);
        } catch (RuntimeException | Error e) {
            throw unforeseen(session, "Writing", e, committing);
        } finally {
            sessions.release(session);
        }
    }

    private PreparedBatch prepare(Batch batch, Failing failing) {
        Session session = take(batch);
        boolean prepared = false;
        try {
            begin(session, changesMany(batch));
            BatchResult result = batches.on(session, failing).apply(batch);
            Prepared open = new Prepared(session, result);
            prepared = result instanceof BatchResult.Applied;
            return open;
        } catch (SQLException e) {
            throw failure(session, "Writing", e, false);
        } catch (RuntimeException | Error e) {
            throw unforeseen(session, "Writing", e, false);
        } finally {
            if (!prepared) {
                sessions.release(session);
            }
        }
    }

    /** @param sent whether what was sent last may have made the change durable */
    private RuntimeException failure(Session session, String attempted, SQLException e, boolean sent) {
        session.failed(e);
        boolean unknown = sent && (errors.isLost(e) || errors.isUndecided(e));
        if (!unknown && !(e instanceof StoppedException) && errors.isConflict(e)) {
            return new InTheWay(e);
        }
        KormException meaning = errors.translate(attempted, e, unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED);
        return sessions.isClosed() && !unknown ? sessions.closedLayer() : meaning;
    }

    /**
     * Returns the exception for something thrown that is not an answer of the server. When nobody foresaw it, a driver
     * has failed in the middle of its work: the connection is not used again, and what was sent last may have made the
     * change durable.
     */
    private RuntimeException unforeseen(Session session, String attempted, Throwable thrown, boolean sent) {
        session.failed(thrown);
        if (thrown instanceof Error error) {
            throw error;
        }
        RuntimeException exception = (RuntimeException) thrown;
        boolean unknown = sent && session.isChanging() && !Session.isForeseen(exception);
        return unknown ? errors.unforeseen(attempted, exception) : exception;
    }

    /** Waits for what is being changed, as long as a change may wait for a lock. */
    void close() {
        try {
            if (working.writeLock().tryLock(waiting.seconds(), TimeUnit.SECONDS)) {
                working.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A transaction that is open on a session of its own. */
    private final class Prepared implements PreparedBatch {
        private final Session session;
        private final BatchResult result;
        private final AtomicBoolean open;

        Prepared(Session session, BatchResult result) {
            this.session = session;
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
                session.connection().commit();
            } catch (SQLException e) {
                RuntimeException failure = failure(session, "Committing", e, true);
                throw failure instanceof InTheWay ? errors.translate("Committing", e, Outcome.NOT_APPLIED) : failure;
            } catch (RuntimeException | Error e) {
                throw unforeseen(session, "Committing", e, true);
            } finally {
                sessions.release(session);
            }
        }

        @Override
        public void rollback() {
            close();
        }

        @Override
        public void close() {
            if (open.getAndSet(false)) {
                sessions.release(session);
            }
        }
    }
}
