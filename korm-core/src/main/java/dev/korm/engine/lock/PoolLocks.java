package dev.korm.engine.lock;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.context.FirstFailure;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import dev.korm.lock.LockSet;
import dev.korm.lock.LockTimeoutException;
import dev.korm.lock.Locks;
import dev.korm.spi.Capabilities;
import dev.korm.spi.backup.Exclusion;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of an open pool. Safe for many threads.
 *
 * <p><b>Protocol</b> of a lock that is shared with other pools:
 *
 * <ol>
 *   <li><em>Within the pool.</em> One thread at a time gets as far as the store ({@link LocalLocks}).
 *   <li><em>Lease.</em> It takes the lock's row in the layer of the locks: new, free, or with a lease that is over by that layer's clock; by compare-and-set, with a token above all before
 *       ({@link Leases}).
 *   <li><em>Fences.</em> It writes the token into the same row of the item's own layer, where that is another. From then on that layer refuses what comes under a lower one.
 *   <li><em>Held.</em> The lease is renewed ({@link LeaseRenewal}). Every write of the item carries the token, which the store compares in the same transaction ({@link HeldLocks}).
 *   <li><em>Lost</em>, when the lease could not be renewed in time, or the row has another holder. Writes of the item are refused until the lock is closed.
 *   <li><em>Released.</em> The row's lease ends and its token grows: what is still under way under the old one comes too late.
 * </ol>
 *
 * <p><b>What holds.</b> Two holders may both believe that they have a lock, for as long as one of them is stopped: no clock can prevent that. But once the later one has acquired it, no write of the earlier one
 * is stored any more; and what was stored before, the later one sees, since a write and the taking of the lock wait for each other at the row.
 */
public final class PoolLocks implements Locks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.locks");

    private final PoolLayers layers;
    private final PoolLifecycle lifecycle;
    private final PoolEvents events;
    private final Environment environment;
    private final LocalLocks local = new LocalLocks();
    private final HeldLocks held = new HeldLocks();
    private final @Nullable Leases leases;
    private final @Nullable LeaseRenewal renewal;
    private final ReentrantLock mutex = new ReentrantLock();
    private @Nullable ExecutorService telling;
    private boolean closed;

    /**
     * Makes the locks of a pool.
     *
     * @param pool its id
     * @param sharing null where the pool keeps its locks to itself
     */
    public PoolLocks(
            String pool,
            @Nullable Sharing sharing,
            PoolLayers layers,
            PoolLifecycle lifecycle,
            PoolEvents events,
            Environment environment) {
        this.events = events;
        this.layers = layers;
        this.lifecycle = lifecycle;
        this.environment = environment;
        if (sharing == null) {
            leases = null;
            renewal = null;
        } else {
            OpenLayer layer = layers.layer(sharing.layer());
            requireAble(layer);
            List<OpenLayer> all = layers.all();
            leases = new Leases(
                    new LockTable(layer),
                    all.stream().filter(PoolLocks::checksFences).map(LockTable::new),
                    sharing.options(),
                    sharing.options().owner().orElseGet(() -> owner(pool)),
                    environment);
            renewal = new LeaseRenewal(leases, environment);
            all.forEach(each -> each.guard(held));
        }
    }

    /**
     * The layer in which a pool shares its locks.
     *
     * @param layer its name
     */
    public record Sharing(String layer, LockOptions options) {}

    private static boolean checksFences(OpenLayer layer) {
        Capabilities able = layer.store().capabilities();
        return able.has(Capabilities.Feature.FENCES) && able.access() == Capabilities.Access.READ_WRITE;
    }

    private static void requireAble(OpenLayer layer) {
        if (!checksFences(layer)) {
            throw new ConfigurationException("withLocks(\"" + layer.layer()
                    + "\") needs a layer that can be written and checks fencing tokens, which this one "
                    + (layer.store().capabilities().access() == Capabilities.Access.READ_ONLY ? "is not" : "does not")
                    + ". Name another layer of the pool");
        }
    }

    /** Returns an owner in the original's form. */
    private String owner(String pool) {
        return pool.substring(0, 8) + "-"
                + String.format("%08x", environment.random().nextInt()) + "-"
                + environment.process().pid();
    }

    @Override
    public Lock acquire(Rn<?> item, Duration timeout) {
        requireNonNull(item, "item");
        requireNonNull(timeout, "timeout");
        return acquire(key(item), nanos(timeout), timeout);
    }

    @Override
    public Lock acquire(LockName name, Duration timeout) {
        requireNonNull(name, "name");
        requireNonNull(timeout, "timeout");
        return acquire(key(name), nanos(timeout), timeout);
    }

    @Override
    public Optional<Lock> tryAcquire(Rn<?> item) {
        requireNonNull(item, "item");
        return tryAcquire(key(item));
    }

    @Override
    public Optional<Lock> tryAcquire(LockName name) {
        requireNonNull(name, "name");
        return tryAcquire(key(name));
    }

    @Override
    public LockSet acquireAll(Collection<? extends Rn<?>> items, Duration timeout) {
        requireElements(items, "items");
        requireNonNull(timeout, "timeout");
        Map<String, LockKey> keys = new TreeMap<>();
        for (Rn<?> item : items) {
            LockKey key = key(item);
            keys.put(key.id(), key);
        }
        long start = environment.nanoTime();
        long nanos = nanos(timeout);
        List<Lock> acquired = new ArrayList<>(keys.size());
        try {
            for (LockKey key : keys.values()) {
                acquired.add(acquire(key, Math.max(0, nanos - (environment.nanoTime() - start)), timeout));
            }
        } catch (RuntimeException | Error failed) {
            released(acquired, failed);
            throw failed;
        }
        return new HeldLockSet(acquired);
    }

    /** Returns the lock of those who make backups by schedule; empty when others make some, or restore one. */
    public Optional<Lock> tryScheduled() {
        return tryAcquire(RestoreExclusion.SCHEDULED);
    }

    /**
     * Keeps others out for a restore.
     *
     * @param patience how long those are waited for who restore a backup, make one by schedule, or have locks of items
     * @throws LockTimeoutException when they have not ended by then
     */
    public Exclusion exclude(Duration patience) {
        long start = environment.nanoTime();
        long nanos = nanos(patience);
        LongSupplier left = () -> Math.max(0, nanos - (environment.nanoTime() - start));
        LockName restore = RestoreExclusion.RESTORE.guarding(layers.all().stream()
                .filter(PoolLocks::checksFences)
                .map(each -> each.layer())
                .toArray(String[]::new));
        List<Lock> acquired = new ArrayList<>();
        try {
            acquired.add(acquire(key(RestoreExclusion.SCHEDULED), left.getAsLong(), patience));
            HeldLock restoring = acquire(key(restore), left.getAsLong(), patience);
            acquired.add(restoring);
            RestoreExclusion exclusion =
                    new RestoreExclusion(acquired.get(0), restoring, Optional.ofNullable(leases), patience);
            exclusion.awaitItems(left.getAsLong());
            return exclusion;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            OperationInterruptedException interrupted = new OperationInterruptedException(
                    "Waiting until nobody has the lock of an item, to restore a backup,", Outcome.NOT_APPLIED, stopped);
            released(acquired, interrupted);
            throw interrupted;
        } catch (RuntimeException | Error failed) {
            released(acquired, failed);
            throw failed;
        }
    }

    private static void released(List<Lock> acquired, Throwable failed) {
        try {
            HeldLockSet.release(acquired);
        } catch (RuntimeException | Error alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    @Override
    public boolean isLocked(Rn<?> item) {
        requireNonNull(item, "item");
        return local.holder(key(item).id()).isPresent();
    }

    @Override
    public boolean isLocked(LockName name) {
        requireNonNull(name, "name");
        return local.holder(key(name).id()).isPresent();
    }

    private LockKey key(Rn<?> item) {
        lifecycle.requireOpen();
        return LockKey.of(item, layers);
    }

    private LockKey key(LockName name) {
        lifecycle.requireOpen();
        return LockKey.of(name, layers);
    }

    private static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new ConfigurationException("A lock cannot be waited for " + timeout + "; give zero for one attempt");
        }
        try {
            return timeout.toNanos();
        } catch (ArithmeticException forEver) {
            return Long.MAX_VALUE;
        }
    }

    private HeldLock acquire(LockKey key, long nanos, Duration timeout) {
        Attempt attempt = attempt(key, nanos);
        if (attempt.lock() == null) {
            LockTimeoutException failure = new LockTimeoutException(key.name(), timeout, attempt.holder());
            events.lockTimedOut(failure);
            events.tell();
            throw failure;
        }
        return attempt.lock();
    }

    private Optional<Lock> tryAcquire(LockKey key) {
        return Optional.ofNullable(attempt(key, 0).lock());
    }

    /**
     * The outcome of an attempt.
     *
     * @param lock null when somebody else has it
     * @param holder who that is
     */
    private record Attempt(@Nullable HeldLock lock, String holder) {}

    private Attempt attempt(LockKey key, long nanos) {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(key, "", null);
        }
        long began = environment.nanoTime();
        LocalLocks.Outcome outcome;
        try {
            outcome = local.take(key.id(), nanos);
        } catch (LocalLocks.InterruptedWaiting stopped) {
            Thread.currentThread().interrupt();
            throw interrupted(key, stopped.holder(), stopped);
        }
        if (!outcome.isTaken()) {
            return new Attempt(null, outcome.holder());
        }
        HeldLock lock = null;
        try {
            Leases.Acquisition acquisition = leases == null ? null : leases.new Acquisition(key);
            lock = acquisition == null
                    ? new HeldLock(this, key, null, environment.revisions().next())
                    : shared(key, acquisition, outcome.left());
            String holder = acquisition == null ? "" : acquisition.holder();
            if (lock != null) {
                boolean awaited = outcome.left() < nanos || (acquisition != null && acquisition.waited());
                events.lockAcquired(key.name(), environment.nanoTime() - began, awaited);
                events.tell();
            }
            return new Attempt(lock, holder);
        } finally {
            if (lock == null) {
                local.letGo(key.id());
            }
        }
    }

    private @Nullable HeldLock shared(LockKey key, Leases.Acquisition acquisition, long nanos) {
        HeldLock.Lease lease;
        try {
            lease = acquisition.await(nanos);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw interrupted(key, acquisition.holder(), stopped);
        }
        if (lease == null) {
            return null;
        }
        HeldLock lock = new HeldLock(this, key, lease, lease.token());
        mutex.lock();
        try {
            if (!closed) {
                held.add(lock);
                renewal().add(lock);
                return lock;
            }
        } finally {
            mutex.unlock();
        }
        release(lock);
        throw new ClosedException("The pool is closed, and so are its locks; open a new one");
    }

    private LeaseRenewal renewal() {
        if (renewal == null) {
            throw new IllegalStateException("A pool that shares no locks has nothing to renew");
        }
        return renewal;
    }

    private static OperationInterruptedException interrupted(LockKey key, String holder, @Nullable Exception cause) {
        return new OperationInterruptedException(
                "Acquiring the lock of " + key.name() + (holder.isEmpty() ? "" : ", held by " + holder + ","),
                Outcome.NOT_APPLIED,
                cause);
    }

    boolean isOf(PoolLayers other) {
        return layers == other;
    }

    /** Returns the environment's nanoseconds. */
    long now() {
        return environment.nanoTime();
    }

    /** Ends a lock, once. */
    void closed(HeldLock lock, boolean wasHeld) {
        try {
            if (lock.isShared()) {
                held.remove(lock);
                renewal().remove(lock);
                if (wasHeld) {
                    release(lock);
                }
            }
        } finally {
            local.letGo(lock.key().id());
        }
    }

    /** Frees the row; a thread that is interrupted has to do that too. */
    private void release(HeldLock lock) {
        boolean interrupted = Thread.interrupted();
        try {
            if (leases != null) {
                leases.release(lock);
            }
        } catch (KormException failed) {
            LOG.warn("{} could not be released; others get it when its lease is over", lock.name(), failed);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes note that a lock was lost. */
    void lost(HeldLock lock, String reason) {
        events.lockLost(lock.name(), reason);
        tellEvents();
    }

    /** Takes note of a write that a lost lock has kept from being stored, which may be found out within a transaction of a store. */
    LockLostException fenced(LockLostException refusal) {
        events.writeFenced(refusal);
        tellEvents();
        return refusal;
    }

    private void tellEvents() {
        if (events.areTold()) {
            tell(events::tell);
        }
    }

    /** Runs something that somebody wants to be told by. */
    void tell(Runnable action) {
        mutex.lock();
        try {
            if (closed) {
                return;
            }
            if (telling == null) {
                telling = environment.executor("korm-lock-loss", 1);
            }
        } finally {
            mutex.unlock();
        }
        try {
            telling.execute(() -> run(action));
        } catch (RejectedExecutionException closing) {
            LOG.debug("The pool is closed; nobody is told of lost locks any more", closing);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("What was to be run when a lock was lost failed", failed);
        }
    }

    /** Releases all locks. Called before the layers are closed. */
    @Override
    public void close() {
        List<HeldLock> open;
        mutex.lock();
        try {
            closed = true;
            open = held.all();
        } finally {
            mutex.unlock();
        }
        local.close();
        FirstFailure failure = new FirstFailure();
        for (HeldLock lock : open) {
            try {
                lock.close();
            } catch (RuntimeException | Error failed) {
                failure.add(failed);
            }
        }
        if (renewal != null) {
            renewal.close();
        }
        mutex.lock();
        try {
            if (telling != null) {
                telling.shutdown();
            }
        } finally {
            mutex.unlock();
        }
        failure.rethrow();
    }
}
