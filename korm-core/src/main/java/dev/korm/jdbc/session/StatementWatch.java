package dev.korm.jdbc.session;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then at what the sessions of a layer wait for, and stops what takes too long or whose thread was interrupted. Safe for many threads.
 *
 * <p>A call costs two writes of memory: it is measured by being looked at. While nothing has been waited for lately, nobody looks; the next call begins that again.
 */
public final class StatementWatch implements AutoCloseable {
    private static final long MOST = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(2);

    /** So many looks that see nothing are the last. */
    private static final int IDLE_LOOKS = 80;

    private final String name;
    private final Environment environment;
    private final StatementStops stops;
    private final Set<RunningStatement> sessions = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    private volatile boolean looking;
    private volatile long pause = MOST;

    /** Guarded by the lock. */
    private @Nullable Scheduler scheduler;

    /** Guarded by the lock. */
    private boolean closed;

    // Of whoever looks.
    private int idle;
    private long last;

    public StatementWatch(String layer, StatementStops stops, Environment environment) {
        this.name = "korm-watch-" + layer;
        this.stops = stops;
        this.environment = environment;
    }

    StatementStops stops() {
        return stops;
    }

    void add(RunningStatement session) {
        sessions.add(session);
    }

    void remove(RunningStatement session) {
        sessions.remove(session);
    }

    /** Has it looked often enough for a limit. */
    void limit(long nanos) {
        if (nanos > 0 && nanos / 4 < pause) {
            pause = Math.max(LEAST, nanos / 4);
        }
    }

    /** Takes note that something is waited for. */
    void begun() {
        if (!looking) {
            begin();
        }
    }

    private void begin() {
        lock.lock();
        try {
            if (looking || closed) {
                return;
            }
            looking = true;
            idle = 0;
            last = System.nanoTime();
            if (scheduler == null) {
                scheduler = environment.scheduler(name);
            }
            scheduler.after(Duration.ofNanos(pause), this::look);
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        long now = System.nanoTime();
        boolean waits = false;
        for (RunningStatement session : sessions) {
            waits |= session.look(now - last, stops);
        }
        last = now;
        idle = waits ? 0 : idle + 1;
        lock.lock();
        try {
            if (closed || scheduler == null) {
                return;
            }
            if (idle > IDLE_LOOKS) {
                looking = false;
                // One that began meanwhile has not seen that.
                if (sessions.stream().noneMatch(RunningStatement::isRunning)) {
                    return;
                }
                looking = true;
                idle = 0;
            }
            scheduler.after(Duration.ofNanos(pause), this::look);
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
