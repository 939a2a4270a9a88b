package dev.korm.spring;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.StoreException;
import dev.korm.recovery.IncompleteChangeException;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions as transactions of a pool: what korm is called for by the thread is stored at the end, in one layer by one transaction of its database, in several
 * through the journal. The changes are kept in memory until then, so no transaction of a database is open meanwhile. Safe for many threads.
 *
 * <p>What a conflict is about is thrown by the commit, as a {@link dev.korm.ConflictException}; nothing is run again. Nested transactions
 * are savepoints. Refused are isolation above read committed (items read by RN are checked to be unchanged all the same), and changes within a transaction that is read-only.
 */
public class KormTransactionManager extends AbstractPlatformTransactionManager implements ResourceTransactionManager {
    /** The name of its bean. */
    public static final String BEAN = "kormTransactionManager";

    private static final long serialVersionUID = 1;

    private final transient Pool pool;
    private final transient PoolTransaction.Options options;
    private final transient @Nullable SurroundingTransactions surrounding;

    /** Makes a manager of a pool's transactions. */
    public KormTransactionManager(Pool pool) {
        this(pool, PoolTransaction.Options.DEFAULT);
    }

    /** Makes a manager of a pool's transactions, with options; their attempts mean nothing here. */
    public KormTransactionManager(Pool pool, PoolTransaction.Options options) {
        this(pool, options, null);
    }

    /** @param surrounding transactions of others that the pool may be within already, which then are those of this manager too */
    KormTransactionManager(Pool pool, PoolTransaction.Options options, @Nullable SurroundingTransactions surrounding) {
        this.surrounding = surrounding;
        this.pool = requireNonNull(pool, "pool");
        this.options = requireNonNull(options, "options");
        setNestedTransactionAllowed(true);
    }

    /** Returns the pool, by which the transaction of a thread is found. */
    @Override
    public Object getResourceFactory() {
        return pool;
    }

    @Override
    protected Object doGetTransaction() {
        Running running = (Running) TransactionSynchronizationManager.getResource(pool);
        JoinedTransaction joined = running == null && surrounding != null ? surrounding.current() : null;
        return new Handle(running, joined != null && joined.isActive() ? joined : null);
    }

    @Override
    protected boolean isExistingTransaction(Object transaction) {
        return ((Handle) transaction).running != null || ((Handle) transaction).joined != null;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        switch (definition.getIsolationLevel()) {
            case TransactionDefinition.ISOLATION_DEFAULT,
                    TransactionDefinition.ISOLATION_READ_UNCOMMITTED,
                    TransactionDefinition.ISOLATION_READ_COMMITTED -> {}
            default ->
                throw new InvalidIsolationLevelException(
                        "korm's transactions check that items read by RN are unchanged at the end, and queries are read committed;"
                                + " there is no other isolation. Leave it out, and read what matters by RN");
        }
        PoolTransaction.Begun begun = pool.begin(options);
        try {
            Running running = new Running(begun, deadline(determineTimeout(definition)), definition.isReadOnly());
            running.scope = begun.makeCurrent();
            TransactionSynchronizationManager.bindResource(pool, running);
            ((Handle) transaction).running = running;
        } catch (RuntimeException | Error failure) {
            begun.close();
            throw failure;
        }
    }

    private static long deadline(int seconds) {
        return seconds == TransactionDefinition.TIMEOUT_DEFAULT
                ? Long.MAX_VALUE
                : System.nanoTime() / 1_000_000 + seconds * 1000L;
    }

    @Override
    protected Object doSuspend(Object transaction) {
        Handle handle = (Handle) transaction;
        JoinedTransaction joined = handle.joined;
        if (joined != null) {
            // It is told by itself, as all that are synchronized with it.
            handle.joined = null;
            return joined;
        }
        Running running = handle.running();
        handle.running = null;
        running.entersAgain = running.scope != null;
        running.leave();
        TransactionSynchronizationManager.unbindResource(pool);
        return running;
    }

    @Override
    protected void doResume(@Nullable Object transaction, Object suspended) {
        if (!(suspended instanceof Running running)) {
            return;
        }
        TransactionSynchronizationManager.bindResource(pool, running);
        // One that has ended is still bound while those run who listen to its end.
        if (running.entersAgain) {
            running.scope = running.begun.makeCurrent();
        }
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        Running running = ((Handle) status.getTransaction()).running();
        // What runs after the commit, such as listeners of events, finds the pool itself.
        running.leave();
        try (PoolTransaction.Begun begun = running.begun) {
            if (System.nanoTime() / 1_000_000 > running.deadline) {
                throw new TransactionTimedOutException(
                        "The transaction has taken longer than its timeout; nothing was written");
            }
            if (running.readOnly && begun.hasChanges()) {
                throw new IllegalTransactionStateException(
                        "The transaction is read-only and has changed items; nothing was written. Leave out readOnly, or the changes");
            }
            begun.commit();
        } catch (IncompleteChangeException decided) {
            throw new TransactionSystemException(
                    "The transaction was decided and is not in all layers yet; it is finished by itself", decided);
        } catch (StoreException failed) {
            if (failed.outcome() == StoreException.Outcome.UNKNOWN) {
                throw new TransactionSystemException("It is not known whether the transaction was stored", failed);
            }
            throw failed;
        }
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        Running running = ((Handle) status.getTransaction()).running();
        running.leave();
        running.begun.close();
    }

    @Override
    protected void doSetRollbackOnly(DefaultTransactionStatus status) {
        Handle handle = (Handle) status.getTransaction();
        if (handle.joined != null) {
            handle.joined.setRollbackOnly();
        } else {
            handle.running().rollbackOnly = true;
        }
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        Running running = ((Handle) transaction).running();
        TransactionSynchronizationManager.unbindResource(pool);
        running.leave();
        running.begun.close();
    }

    /** A transaction that was begun, as it is bound to the thread. */
    private static final class Running {
        private final PoolTransaction.Begun begun;
        private final long deadline;
        private final boolean readOnly;
        private PoolTransaction.@Nullable Scope scope;
        private boolean entersAgain;
        private boolean rollbackOnly;

        /** @param deadline in milliseconds of the machine's clock */
        Running(PoolTransaction.Begun begun, long deadline, boolean readOnly) {
            this.begun = begun;
            this.deadline = deadline;
            this.readOnly = readOnly;
        }

        void leave() {
            if (scope != null) {
                scope.close();
                scope = null;
            }
        }
    }

    /** The part that a call of the manager has in a transaction. */
    private static final class Handle implements SmartTransactionObject, SavepointManager {
        private @Nullable Running running;
        private @Nullable JoinedTransaction joined;

        /** @param joined the transaction of another manager that korm is a part of */
        Handle(@Nullable Running running, @Nullable JoinedTransaction joined) {
            this.running = running;
            this.joined = joined;
        }

        Running running() {
            if (running == null) {
                throw new IllegalTransactionStateException("There is no transaction of korm in this thread");
            }
            return running;
        }

        @Override
        public Object createSavepoint() {
            Running open = running();
            if (open.rollbackOnly) {
                throw new CannotCreateTransactionException(
                        "No transaction is begun within one that is marked for rollback, since nothing of it would be stored");
            }
            return open.begun.savepoint();
        }

        @Override
        public void rollbackToSavepoint(Object savepoint) {
            Running open = running();
            ((PoolTransaction.Savepoint) savepoint).rollback();
            open.rollbackOnly = false;
        }

        /** Does nothing: a savepoint holds nothing. */
        @Override
        public void releaseSavepoint(Object savepoint) {}

        @Override
        public boolean isRollbackOnly() {
            return running != null && running.rollbackOnly;
        }
    }
}
