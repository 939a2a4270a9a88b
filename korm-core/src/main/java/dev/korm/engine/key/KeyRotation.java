package dev.korm.engine.key;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.engine.item.PoolContext;
import dev.korm.key.KeyRing;
import dev.korm.key.Rotation;
import dev.korm.key.RotationProgress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The options of a rotation, and its start. Immutable. */
final class KeyRotation implements Rotation {
    /** As fast as it can. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.keys");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final PoolContext pool;
    private final KeyRing ring;
    private final int itemsPerSecond;
    private final Consumer<RotationProgress> listener;

    private KeyRotation(PoolContext pool, KeyRing ring, int itemsPerSecond, Consumer<RotationProgress> listener) {
        this.pool = pool;
        this.ring = ring;
        this.itemsPerSecond = itemsPerSecond;
        this.listener = listener;
    }

    static KeyRotation of(PoolContext pool, KeyRing ring) {
        return new KeyRotation(pool, ring, UNLIMITED, progress -> {});
    }

    @Override
    public Rotation itemsPerSecond(int items) {
        if (items < 1) {
            throw new ConfigurationException("A rotation looks at one item in a second or more, not at " + items);
        }
        return new KeyRotation(pool, ring, items, listener);
    }

    @Override
    public Rotation onProgress(Consumer<RotationProgress> other) {
        requireNonNull(other, "listener");
        return new KeyRotation(pool, ring, itemsPerSecond, other);
    }

    @Override
    public RotationProgress run() {
        return run(new AtomicBoolean(), listener);
    }

    private RotationProgress run(AtomicBoolean stopped, Consumer<RotationProgress> each) {
        pool.lifecycle().requireOpen();
        return new RotationRun(pool, ring.currentId(), itemsPerSecond, each, stopped).run();
    }

    @Override
    public Running start() {
        AtWork work = new AtWork(pool.environment().executor("korm-rotation", 1));
        pool.lifecycle().closeFirst(work);
        work.begin();
        return work;
    }

    /** A rotation in a thread of its own. */
    private final class AtWork implements Running {
        private final ExecutorService executor;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final CompletableFuture<RotationProgress> end = new CompletableFuture<>();
        /** Where it runs; what it tells its listener may end the pool. */
        private volatile @Nullable Thread thread;

        private volatile RotationProgress latest = new RotationProgress(0, 0, 0, 0);

        AtWork(ExecutorService executor) {
            this.executor = executor;
        }

        void begin() {
            executor.execute(() -> {
                thread = Thread.currentThread();
                try {
                    end.complete(run(stopped, progress -> {
                        latest = progress;
                        listener.accept(progress);
                    }));
                } catch (Throwable failed) {
                    end.completeExceptionally(failed);
                }
            });
            executor.shutdown();
        }

        @Override
        public RotationProgress progress() {
            return latest;
        }

        @Override
        public RotationProgress await() throws InterruptedException {
            try {
                return end.get();
            } catch (ExecutionException failed) {
                Throwable cause = failed.getCause();
                if (cause instanceof Error error) {
                    throw error;
                }
                if (cause instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(cause);
            }
        }

        @Override
        public void close() {
            stopped.set(true);
            pool.lifecycle().closed(this);
            if (Thread.currentThread() != thread) {
                awaitTheThread();
            }
            end.completeExceptionally(new ClosedException(
                    "The rotation was stopped before its end; begin it anew, and it goes on where it was"));
        }

        /** Waits for so long that a store which answers at all has answered; then, or when interrupted, the thread is left to end by itself. */
        private void awaitTheThread() {
            Thread ending = thread;
            String why = "its store has not answered for " + LONGEST_WAIT;
            try {
                if (executor.awaitTermination(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    if (ending != null) {
                        ending.join(LONGEST_WAIT.toMillis());
                    }
                    return;
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                why = "the thread that closes it was interrupted";
            }
            LOG.warn(
                    "The rotation of keys in the thread \"{}\" was told to stop and not waited for, since {}",
                    ending == null ? "not begun" : ending.getName(),
                    why);
        }
    }
}
