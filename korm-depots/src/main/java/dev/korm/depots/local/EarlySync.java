package dev.korm.depots.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Has the bytes of a large file go to the disk while more of them come, so that the sync at its end has little left to wait for. One
 * at a time is under way; a small file has none. Used by one thread.
 *
 * <p>A system tells of a failed write once: whoever syncs first. So what fails here fails the file.
 */
final class EarlySync {
    private static final long STEP = 16L * 1024 * 1024;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final FileChannel channel;
    private final Executor executor;
    private long unsynced;
    private @Nullable FutureTask<Void> running;
    private AtomicReference<Stage> stage = new AtomicReference<>(Stage.OVER);

    /** The progress of the latest sync. */
    private enum Stage {
        UNDER_WAY,
        /** Under way, and who wrote the file has given it up. */
        CLOSE_BEHIND,
        OVER
    }

    EarlySync(FileChannel channel, Executor executor) {
        this.channel = channel;
        this.executor = executor;
    }

    /** Notes that so many more bytes were written. */
    void wrote(int bytes) throws IOException {
        unsynced += bytes;
        if (unsynced < STEP || (running != null && !running.isDone())) {
            return;
        }
        await();
        unsynced = 0;
        AtomicReference<Stage> own = new AtomicReference<>(Stage.UNDER_WAY);
        FutureTask<Void> next = new FutureTask<>(() -> {
            try {
                channel.force(false);
            } finally {
                if (!own.compareAndSet(Stage.UNDER_WAY, Stage.OVER)) {
                    channel.close();
                }
            }
            return null;
        });
        stage = own;
        try {
            executor.execute(next);
            running = next;
        } catch (RejectedExecutionException closed) {
            // The sync at the end does it all.
            running = null;
        }
    }

    /**
     * Has the channel closed behind what is under way: whoever closes it before waits for that, without limit.
     *
     * @return false when nothing is under way
     */
    boolean thenClose() {
        return running != null && stage.compareAndSet(Stage.UNDER_WAY, Stage.CLOSE_BEHIND);
    }

    /** Waits for what is under way. */
    void await() throws IOException {
        if (running == null) {
            return;
        }
        try {
            running.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            running = null;
        } catch (TimeoutException slow) {
            throw new IOException(
                    "The file system has been syncing a file for " + LIMIT.toMinutes() + " minutes", slow);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while the file was synced");
        } catch (CancellationException closed) {
            throw new IOException("The depot was closed while the file was synced", closed);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("The file could not be synced", failed.getCause());
        }
    }
}
