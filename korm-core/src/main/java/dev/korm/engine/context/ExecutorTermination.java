package dev.korm.engine.context;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The wait of a pool that ends for its own threads. */
public final class ExecutorTermination {
    private ExecutorTermination() {}

    /**
     * Waits until nothing runs any more in an executor that was shut down. An interrupt ends the wait, and stays set.
     *
     * @return false when the time is over first
     */
    public static boolean await(ExecutorService ended, Duration longest) {
        try {
            return ended.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
