package dev.korm.engine.context;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.limit.ReplicaReads;
import dev.korm.spi.limit.StatementLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks several layers at once. The thread that asks takes part: it runs whatever no other thread has begun, so that work may be
 * split again from within and never waits for a free thread. Safe for many threads.
 */
public final class Parallel implements AutoCloseable {
    private static final int THREADS_FOR_A_LAYER = 4;

    private final Environment environment;
    private final int threads;
    private final PoolEvents events;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ExecutorService executor;
    private boolean closed;

    /** @param events tell of work that another thread does as a part of what the asking one does */
    public Parallel(Environment environment, int layers, PoolEvents events) {
        this.environment = environment;
        this.events = events;
        this.threads = layers * THREADS_FOR_A_LAYER;
    }

    public Environment environment() {
        return environment;
    }

    /**
     * Returns what the tasks answer, in their order; when some fail, the first failure, after all have ended.
     *
     * @throws OperationInterruptedException when the thread is interrupted while it waits; the others are told to end and not waited for
     */
    public <T> List<T> all(List<Supplier<T>> tasks) {
        if (tasks.size() == 1) {
            return List.of(tasks.get(0).get());
        }
        List<FutureTask<T>> running = new ArrayList<>(tasks.size());
        for (Supplier<T> task : tasks) {
            running.add(new FutureTask<>(events.carried(ReplicaReads.carried(StatementLimit.carried(task)))::get));
        }
        for (FutureTask<T> task : running.subList(Math.min(1, running.size()), running.size())) {
            offer(task);
        }
        running.forEach(FutureTask::run);
        return results(running);
    }

    private void offer(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (executor == null) {
                executor = environment.executor("korm-layers", threads);
            }
            executor.execute(task);
        } catch (RejectedExecutionException busy) {
            // The thread that asks does it.
        } finally {
            lock.unlock();
        }
    }

    private static <T> List<T> results(List<FutureTask<T>> tasks) {
        List<T> results = new ArrayList<>(tasks.size());
        FirstFailure failure = new FirstFailure();
        for (FutureTask<T> task : tasks) {
            try {
                // What was asked of a store ends by the store's own time limits.
                results.add(task.get());
            } catch (InterruptedException interrupted) {
                tasks.forEach(one -> one.cancel(true));
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(
                        "A question that several layers or collections are asked at once",
                        Outcome.NOT_APPLIED,
                        interrupted);
            } catch (ExecutionException failed) {
                failure.add(Objects.requireNonNullElse(failed.getCause(), failed));
            }
        }
        failure.rethrow();
        return results;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (executor != null) {
                executor.shutdown();
            }
        } finally {
            lock.unlock();
        }
    }
}
