package dev.korm.wal;

import dev.korm.KormException;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sign that a run lives, renewed in the background, and the recycling of its log beside it. A renewal that fails is tried again with the next;
 * nothing is lost where the lease is, since the log itself says who may append to it. Safe for many threads.
 */
final class DepotLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.journal");

    private final DepotLayout layout;
    private final String run;
    private final Duration renewal;
    private final Environment environment;
    private final Runnable beside;
    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long renewed;
    private boolean closed;

    /** Begins a lease. */
    DepotLease(DepotLayout layout, String run, Duration renewal, Environment environment, Runnable beside) {
        this.layout = layout;
        this.run = run;
        this.renewal = renewal;
        this.environment = environment;
        this.beside = beside;
        layout.renew(run);
        this.renewed = environment.nanoTime();
        this.scheduler = environment.scheduler("korm-journal-lease");
        scheduler.after(renewal, this::renew);
    }

    /** Returns how long ago the lease was renewed, by a clock that nobody turns. */
    Duration age() {
        return Duration.ofNanos(environment.nanoTime() - renewed);
    }

    private void renew() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            layout.renew(run);
            renewed = environment.nanoTime();
            beside.run();
        } catch (KormException failed) {
            LOG.warn(
                    "The lease of the journal in {} was not renewed, which is tried again: {}",
                    layout.description(),
                    failed.getMessage());
        } finally {
            if (!closed) {
                scheduler.after(renewal, this::renew);
            }
            lock.unlock();
        }
    }

    /** Ends the renewals; the lease itself stays until the log is forgotten. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        scheduler.close();
    }
}
