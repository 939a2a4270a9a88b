package dev.korm.spring;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.spi.environment.SurroundingTransaction;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A transaction that Spring has begun on the data source of a layer, and korm's part in it.
 *
 * <p><b>Its life.</b> While it is active, calls of its thread read on Spring's connection, and what they write is kept. Just before Spring commits, a second thread writes all of
 * it on the same connection, and waits at the point where korm would commit; the first then has Spring commit. When that is done, the second goes on with what has to come behind
 * a commit, such as files and feeds, or learns that all was rolled back. At each moment one of the two works, so the connection has one user.
 *
 * <p>Suspended, for a transaction apart, its thread's calls are no part of it.
 */
final class JoinedTransaction extends SurroundingTransaction implements TransactionSynchronization {
    /** Longer than Spring may take for a commit. */
    private static final long MINUTES = 10;

    /** Items that are changed are checked; for the rest, the isolation of Spring's transaction holds. */
    private static final PoolTransaction.Options OPTIONS =
            PoolTransaction.Options.DEFAULT.withReads(PoolTransaction.Reads.UNCHECKED);

    private final SurroundingTransactions all;
    private final TransactionExecution transaction;
    private final ConnectionHolder holder;
    private final @Nullable JoinedTransaction outer;

    private final CompletableFuture<Boolean> written = new CompletableFuture<>();
    private final CompletableFuture<Integer> outcome = new CompletableFuture<>();
    private @Nullable CompletableFuture<Void> committing;
    private PoolTransaction.@Nullable Begun part;
    private PoolTransaction.@Nullable Scope scope;
    private boolean takenBack;
    private volatile State state = State.ACTIVE;

    private enum State {
        ACTIVE,
        SUSPENDED,
        HANDED_OVER,
        ENDED
    }

    JoinedTransaction(
            SurroundingTransactions all,
            String layer,
            TransactionExecution transaction,
            ConnectionHolder holder,
            @Nullable JoinedTransaction outer) {
        super(layer);
        this.all = all;
        this.transaction = transaction;
        this.holder = holder;
        this.outer = outer;
    }

    /** Has the calls of this thread take part from now on. */
    void join(Pool pool) {
        PoolTransaction.Begun begun = pool.begin(OPTIONS, this);
        scope = begun.makeCurrent();
        part = begun;
        if (outer != null) {
            TransactionSynchronizationManager.unbindResource(all);
        }
        TransactionSynchronizationManager.bindResource(all, this);
        TransactionSynchronizationManager.registerSynchronization(this);
    }

    boolean isOf(TransactionExecution other) {
        return transaction == other;
    }

    boolean isOn(ConnectionHolder other) {
        return holder == other;
    }

    /** Returns whether korm's calls are a part of it now. */
    boolean isActive() {
        return state == State.ACTIVE;
    }

    boolean isSuspended() {
        return state == State.SUSPENDED;
    }

    /** Returns whether what korm does beside it, such as making tables, has connections of its own. */
    boolean allowsOthers() {
        return state == State.ACTIVE || state == State.ENDED;
    }

    /** Has Spring roll it back in the end. */
    void setRollbackOnly() {
        holder.setRollbackOnly();
    }

    @Override
    public boolean isOpen() {
        return state == State.ACTIVE || state == State.HANDED_OVER;
    }

    @Override
    public <C> C connection(Class<C> type) {
        return type.cast(holder.getConnection());
    }

    /** Writes korm's part. What is thrown has Spring roll back; it is none of Spring's exceptions, after which that would not. */
    void handOver(boolean readOnly, ExecutorService executor) {
        PoolTransaction.Begun begun = part;
        leave();
        if (begun == null || !begun.hasChanges()) {
            return;
        }
        if (readOnly) {
            throw new ConfigurationException(
                    "The transaction is read-only and has changed items; nothing was written. Leave out readOnly, or the changes");
        }
        if (takenBack) {
            throw new ConfigurationException(
                    "A part of the transaction was taken back by a savepoint, as nested transactions do, and korm's changes cannot be taken back"
                            + " in part; nothing was written. Use REQUIRES_NEW for that part, or change items outside of it");
        }
        state = State.HANDED_OVER;
        Map<String, String> context = MDC.getCopyOfContextMap();
        CompletableFuture<Void> work = new CompletableFuture<>();
        committing = work;
        executor.execute(() -> {
            if (context != null) {
                MDC.setContextMap(context);
            }
            try {
                begun.commit();
                work.complete(null);
            } catch (Throwable failed) {
                work.completeExceptionally(failed);
            } finally {
                MDC.clear();
                written.complete(false);
            }
        });
        if (!await(written)) {
            // It ended without a commit: with nothing to write, or with a failure.
            rethrow(work);
        }
    }

    /** Waits within the second thread for what becomes of Spring's transaction. */
    @Override
    public End commit() {
        if (!written.complete(true)) {
            throw new IllegalStateException("Spring's transaction takes one change of korm's, and has one");
        }
        int status;
        try {
            status = outcome.get(MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return End.UNKNOWN;
        } catch (TimeoutException | ExecutionException never) {
            return End.UNKNOWN;
        }
        return switch (status) {
            case STATUS_COMMITTED -> End.COMMITTED;
            case STATUS_ROLLED_BACK -> End.ROLLED_BACK;
            default -> End.UNKNOWN;
        };
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void suspend() {
        if (state == State.ACTIVE) {
            leave();
            state = State.SUSPENDED;
        }
    }

    @Override
    public void resume() {
        PoolTransaction.Begun begun = part;
        if (state == State.SUSPENDED && begun != null) {
            state = State.ACTIVE;
            scope = begun.makeCurrent();
        }
    }

    @Override
    public void savepointRollback(Object savepoint) {
        takenBack |= part != null && part.hasChanges();
    }

    /** Before all others that listen to the commit, which find what korm has stored. */
    @Override
    public void afterCommit() {
        end(STATUS_COMMITTED);
        if (committing != null) {
            rethrow(committing);
        }
    }

    @Override
    public void afterCompletion(int status) {
        try {
            end(status);
        } finally {
            TransactionSynchronizationManager.unbindResourceIfPossible(all);
            if (outer != null) {
                TransactionSynchronizationManager.bindResource(all, outer);
            }
        }
    }

    private void end(int status) {
        if (state == State.ENDED) {
            return;
        }
        leave();
        state = State.ENDED;
        outcome.complete(status);
        PoolTransaction.Begun begun = part;
        if (committing != null) {
            await(committing.handle((done, failed) -> true));
        } else if (begun != null) {
            begun.close();
        }
    }

    private void leave() {
        PoolTransaction.Scope entered = scope;
        if (entered != null) {
            scope = null;
            entered.close();
        }
    }

    /** Waits for the second thread, whatever happens to this one meanwhile: both work for the same transaction. */
    private static boolean await(CompletableFuture<Boolean> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(MINUTES, TimeUnit.MINUTES);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException | TimeoutException never) {
            throw new IllegalStateException("korm's part of the transaction has not ended", never);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void rethrow(CompletableFuture<Void> ended) {
        try {
            ended.getNow(null);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed;
        }
    }
}
