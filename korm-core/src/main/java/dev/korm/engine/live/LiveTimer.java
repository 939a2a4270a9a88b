package dev.korm.engine.live;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The one scheduler of all live queries of a pool, made when it is first needed. Safe for many threads. */
final class LiveTimer implements Scheduler {
    private static final Task NOTHING = () -> {};

    private final Environment environment;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private @Nullable Scheduler scheduler;
    private boolean closed;

    LiveTimer(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Task after(Duration delay, Runnable work) {
        lock.lock();
        try {
            if (closed) {
                return NOTHING;
            }
            Scheduler known = scheduler;
            if (known == null) {
                known = environment.scheduler("korm-live-timer");
                scheduler = known;
            }
            return known.after(delay, work);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (scheduler != null) {
                scheduler.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
