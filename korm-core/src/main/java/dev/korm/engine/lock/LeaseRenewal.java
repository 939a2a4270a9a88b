package dev.korm.engine.lock;

import dev.korm.KormException;
import dev.korm.engine.context.ExecutorTermination;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the leases of held locks, all in one round. Safe for many threads.
 *
 * <p>A thread that watches the time notices leases that end, and has another one ask the store, which may not answer: so a loss is noticed in time all the same. Both begin with the first
 * lock and end with the pool.
 */
final class LeaseRenewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.locks");
    private static final Duration SOON = Duration.ofMillis(1);

    /** Of a lease: the pause after a renewal that failed. */
    private static final int AFTER_FAILURE = 20;

    /** How long the end of the pool waits for a store that does not answer. */
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Leases leases;
    private final Environment environment;
    private final Set<HeldLock> locks = ConcurrentHashMap.newKeySet();
    private final ReentrantLock mutex = new ReentrantLock();
    private @Nullable Scheduler scheduler;
    private @Nullable ExecutorService asking;
    private Scheduler.@Nullable Task next;
    private boolean renewing;
    private boolean closed;
    private long due;

    LeaseRenewal(Leases leases, Environment environment) {
        this.leases = leases;
        this.environment = environment;
    }

    /** Keeps a lock's lease from now on. */
    void add(HeldLock lock) {
        mutex.lock();
        try {
            if (closed) {
                return;
            }
            if (locks.isEmpty() || next == null) {
                due = environment.nanoTime() + leases.options().renewal().toNanos();
            }
            locks.add(lock);
            if (next == null) {
                schedule();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Lets a lock's lease end. */
    void remove(HeldLock lock) {
        locks.remove(lock);
    }

    /** Under the mutex. */
    private void schedule() {
        if (closed || locks.isEmpty()) {
            next = null;
            return;
        }
        long now = environment.nanoTime();
        long wait = renewing ? Long.MAX_VALUE : due - now;
        for (HeldLock lock : locks) {
            wait = Math.min(wait, lock.end() - now);
        }
        if (scheduler == null) {
            scheduler = environment.scheduler("korm-locks");
        }
        next = scheduler.after(Duration.ofNanos(Math.max(wait, SOON.toNanos())), this::tick);
    }

    private void tick() {
        locks.removeIf(lock -> !lock.isHeld());
        ExecutorService executor = null;
        mutex.lock();
        try {
            if (closed) {
                return;
            }
            if (!renewing && !locks.isEmpty() && environment.nanoTime() - due >= 0) {
                renewing = true;
                if (asking == null) {
                    asking = environment.executor("korm-lock-renewal", 1);
                }
                executor = asking;
            }
            schedule();
        } finally {
            mutex.unlock();
        }
        if (executor != null) {
            try {
                executor.execute(this::renew);
            } catch (RejectedExecutionException closing) {
                // The pool ends, and releases its locks.
                return;
            }
        }
    }

    private void renew() {
        long began = environment.nanoTime();
        Duration pause = leases.options().renewal();
        try {
            Map<String, HeldLock> all = new TreeMap<>();
            locks.forEach(lock -> all.put(lock.key().id(), lock));
            if (!all.isEmpty()) {
                leases.renew(all);
            }
        } catch (KormException failed) {
            Duration soon = leases.options().lease().dividedBy(AFTER_FAILURE);
            pause = soon.compareTo(pause) < 0 ? soon : pause;
            began = environment.nanoTime();
            told(failed);
        } finally {
            mutex.lock();
            try {
                renewing = false;
                due = began + pause.toNanos();
                if (next != null) {
                    next.cancel();
                }
                schedule();
            } finally {
                mutex.unlock();
            }
        }
    }

    private void told(KormException failed) {
        mutex.lock();
        try {
            if (!closed) {
                LOG.warn("Locks could not be renewed, which is tried again until their leases end", failed);
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Ends the threads, and waits for a renewal that is under way: so nothing is asked of the layer afterwards. */
    @Override
    public void close() {
        ExecutorService ended;
        mutex.lock();
        try {
            closed = true;
            if (scheduler != null) {
                scheduler.close();
            }
            ended = asking;
        } finally {
            mutex.unlock();
        }
        if (ended == null) {
            return;
        }
        ended.shutdown();
        if (!ExecutorTermination.await(ended, LONGEST_END)) {
            LOG.warn("The pool is closed while its locks are being renewed, since the store does not answer");
        }
        ended.shutdownNow();
    }
}
