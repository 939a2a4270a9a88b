package dev.korm.depots;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Has the bytes of a large file go to the disk while more of them come, so that the sync at its end has little left to wait for. One
 * at a time is under way; a small file has none. Used by one thread.
 *
 * <p>A system tells of a failed write once: whoever syncs first. So what fails here fails the file.
 */
final class EarlySync {
    private static final long STEP = 16L * 1024 * 1024;

    private final FileChannel channel;
    private final Executor executor;
    private long unsynced;
    private @Nullable FutureTask<Void> running;

    EarlySync(FileChannel channel, Executor executor) {
        this.channel = channel;
        this.executor = executor;
    }

    /** So many bytes more were written. */
    void wrote(int bytes) throws IOException {
        unsynced += bytes;
        if (unsynced < STEP || (running != null && !running.isDone())) {
            return;
        }
        await();
        unsynced = 0;
        FutureTask<Void> next = new FutureTask<>(() -> {
            channel.force(false);
            return null;
        });
        try {
            executor.execute(next);
            running = next;
        } catch (RejectedExecutionException closed) {
            // The sync at the end does it all.
            running = null;
        }
    }

    /** Waits for what is under way of a file that failed already. */
    void abandon() {
        try {
            await();
        } catch (IOException second) {
            // The first failure is the one to tell of.
            return;
        }
    }

    /** Waits for what is under way. The channel may be closed afterwards. */
    void await() throws IOException {
        FutureTask<Void> last = running;
        running = null;
        if (last == null) {
            return;
        }
        try {
            last.get();
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
