package dev.korm.wal.run;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.spi.environment.Environment;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Steps with files that no interrupt may end. An interrupt closes the channel that its thread is in, so such a step is done once more, from
 * its beginning, by a thread that nobody knows and nobody interrupts.
 */
public final class Uninterrupted {
    private final Environment environment;

    public Uninterrupted(Environment environment) {
        this.environment = environment;
    }

    /** A step that can be done again after a part of it was done. */
    public interface Step {
        public void run() throws IOException;
    }

    /** Does the step, and keeps the thread's flag for later. */
    public void run(Step step) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } catch (ClosedByInterruptException | OperationInterruptedException ended) {
            Thread.interrupted();
            interrupted = true;
            runElsewhere(step);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void runElsewhere(Step step) throws IOException {
        ExecutorService executor = environment.executor("korm-journal", 1);
        try {
            Future<?> done = executor.submit(() -> {
                step.run();
                return null;
            });
            while (true) {
                try {
                    done.get();
                    return;
                } catch (InterruptedException again) {
                    // Waits on: run sets the flag when the step is done.
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            if (failed.getCause() instanceof KormException cause) {
                throw cause;
            }
            throw new IOException(failed.getCause());
        } finally {
            executor.shutdown();
        }
    }
}
