package dev.korm.engine.transaction;

import dev.korm.OperationInterruptedException;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Options;
import dev.korm.StoreException;
import dev.korm.engine.context.ToldCall;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.observe.StatementLog;
import dev.korm.event.PoolCall;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs the work of a transaction until it is stored: again when others were in the way, which is proven by what the store refused,
 * and never when it is not known what became of it. Safe for many threads.
 */
public final class TransactionRun {
    private final PoolContext pool;
    private final Options options;

    public TransactionRun(PoolContext pool, Options options) {
        this.pool = pool;
        this.options = options;
    }

    public <T extends @Nullable Object, X extends Exception> T run(PoolTransaction.Work<T, X> work) throws X {
        ToldCall call = pool.events().callBegins(PoolCall.TRANSACTION, "", "", "");
        try {
            T result = attempts(work);
            ToldCall.ended(call, null);
            return result;
        } catch (Throwable failed) {
            ToldCall.ended(call, failed);
            throw failed;
        }
    }

    private <T extends @Nullable Object, X extends Exception> T attempts(PoolTransaction.Work<T, X> work) throws X {
        Duration pause = options.firstPause();
        for (int attempt = 1; ; attempt++) {
            try (OpenTransaction tx = new OpenTransaction(pool, options, attempt)) {
                try {
                    T result = work.run(tx);
                    tx.store();
                    return result;
                } catch (RuntimeException failed) {
                    if (attempt == options.attempts() || !tx.isWorthAnother(failed)) {
                        throw failed;
                    }
                    StatementLog.repeated("", "A transaction", attempt, failed, pool.events());
                }
            }
            pause(pause);
            pause = longer(pause);
        }
    }

    private Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(options.longestPause()) < 0 ? twice : options.longestPause();
    }

    private void pause(Duration longest) {
        long nanos = longest.toNanos();
        try {
            pool.environment()
                    .sleep(
                            nanos == 0
                                    ? longest
                                    : Duration.ofNanos(
                                            pool.environment().random().nextLong(nanos / 2, nanos + 1)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Another attempt of a transaction", StoreException.Outcome.NOT_APPLIED, interrupted);
        }
    }
}
