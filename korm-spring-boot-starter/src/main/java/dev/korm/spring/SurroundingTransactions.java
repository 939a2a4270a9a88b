package dev.korm.spring;

import dev.korm.KormException;
import dev.korm.Pool;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transactions that Spring begins on data sources of the pool's layers: korm's calls take part in them. Listens to all transaction managers of the application but korm's
 * own. Safe for many threads.
 */
final class SurroundingTransactions implements AutoCloseable {
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Pool> pool = new AtomicReference<>();
    private final ExecutorService committing = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "korm-spring-commit");
        thread.setDaemon(true);
        return thread;
    });

    /** A data source of a layer. An interface, since applications without Spring's JDBC have no class of one. */
    interface Source {
        /** Returns the layer that has its connections from here. */
        String layer();

        /** Returns what Spring has bound to the thread for a transaction on this data source; null where there is none. */
        @Nullable ConnectionHolder transaction();
    }

    /** Adds a data source that a layer of the pool has its connections from. */
    void add(Source source) {
        sources.add(source);
    }

    /** Says which pool takes part. */
    void attach(Pool opened) {
        pool.set(opened);
    }

    /** Returns the transaction that korm's calls of this thread are a part of, or were until it was suspended; null where there is none. */
    @Nullable JoinedTransaction current() {
        return (JoinedTransaction) TransactionSynchronizationManager.getResource(this);
    }

    /** Returns whether this thread is within a transaction of the pool's own. */
    boolean hasTransaction() {
        Pool attached = pool.get();
        return attached != null && TransactionSynchronizationManager.hasResource(attached);
    }

    /** Returns who is told of a manager's transactions. */
    TransactionExecutionListener listener() {
        return new TransactionExecutionListener() {
            @Override
            public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
                if (failure == null) {
                    begun(transaction);
                }
            }

            @Override
            public void beforeCommit(TransactionExecution transaction) {
                JoinedTransaction joined = current();
                if (joined != null && joined.isOf(transaction)) {
                    joined.handOver(transaction.isReadOnly(), committing);
                }
            }
        };
    }

    private void begun(TransactionExecution transaction) {
        Pool joining = pool.get();
        // Where korm has a transaction of its own in this thread, its calls belong to that.
        if (joining == null
                || !TransactionSynchronizationManager.isSynchronizationActive()
                || TransactionSynchronizationManager.hasResource(joining)) {
            return;
        }
        JoinedTransaction outer = current();
        Source source = null;
        ConnectionHolder holder = null;
        for (Source each : sources) {
            ConnectionHolder found = each.transaction();
            if (found != null && (outer == null || !outer.isOn(found))) {
                if (holder != null) {
                    // Of two databases, one could be committed without the other.
                    return;
                }
                source = each;
                holder = found;
            }
        }
        if (source == null || holder == null) {
            return;
        }
        try {
            new JoinedTransaction(this, source.layer(), transaction, holder, outer).join(joining);
        } catch (KormException notNow) {
            // Calls within it are refused, and say why.
        }
    }

    @Override
    public void close() {
        committing.shutdown();
    }
}
