package dev.korm.wal.backup.format;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.OptionalLong;

/** Keeps a thread to a rate: who has taken bytes waits until as many may have been taken. Without a burst, so that a pause is not made up for. For one thread. */
public final class Pace {
    private static final double NANOS = 1e9;

    private final Environment environment;
    private final OptionalLong rate;

    /** The time until which what was taken lasts, by the environment's nanoseconds. */
    private long until;

    /** @param rate in bytes a second; empty for no limit */
    public Pace(Environment environment, OptionalLong rate) {
        this.environment = environment;
        this.rate = rate;
        this.until = environment.nanoTime();
    }

    /**
     * Counts bytes, and waits for as long as they last.
     *
     * @throws OperationInterruptedException when the thread is interrupted meanwhile
     */
    public void took(long bytes) {
        if (rate.isEmpty()) {
            return;
        }
        long now = environment.nanoTime();
        until = now + Math.max(0, until - now) + (long) (bytes * NANOS / rate.getAsLong());
        try {
            environment.sleep(Duration.ofNanos(until - now));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("Making a backup", Outcome.NOT_APPLIED, interrupted);
        }
    }
}
