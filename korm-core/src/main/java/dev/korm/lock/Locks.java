package dev.korm.lock;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * The locks of a pool: of items, and of things that have a name and are no items. Safe for many threads.
 *
 * <pre>{@code
 * try (Lock lock = pool.locks().acquire(car.rn())) {
 *     bookRepair(car.reload());
 * }
 * }</pre>
 *
 * <p>A lock excludes others who ask for the same lock: all threads of this pool, in the order in which they came, and, with {@link
 * dev.korm.PoolBuilder#withLocks}, all other pools that keep their locks in the same layer. It does not exclude who does not ask; revisions protect from lost updates, with or without locks.
 * An RN with and without its layer is one lock. A thread that has a lock does not get it a second time. Who needs several takes them by {@link #acquireAll}, so that nobody waits in a circle.
 *
 * <p>While a shared lock of an item is open, every write of that item by this pool is checked by the item's store, in the same transaction: when somebody else has got the lock since, it is
 * refused with {@link LockLostException}.
 */
public interface Locks {
    /** The time that a lock is waited for unless another is given. */
    Duration TIMEOUT = Duration.ofSeconds(30);

    /** Waits for the lock of an item, {@link #TIMEOUT} at the most. */
    default Lock acquire(Rn<?> item) {
        requireNonNull(item, "item");
        return acquire(item, TIMEOUT);
    }

    /**
     * Waits for the lock of an item, whether or not there is one.
     *
     * @param timeout zero: one attempt
     * @throws LockTimeoutException when others had it for all the time; the message says who
     * @throws dev.korm.OperationInterruptedException when the thread is interrupted, before or while it waits
     * @throws dev.korm.RnException when the RN is not that of an item
     * @throws dev.korm.StoreException when the layer of the locks, or the item's, does not answer
     */
    Lock acquire(Rn<?> item, Duration timeout);

    /** Waits for the lock of a name, {@link #TIMEOUT} at the most. */
    default Lock acquire(LockName name) {
        requireNonNull(name, "name");
        return acquire(name, TIMEOUT);
    }

    /** Works as {@link #acquire(Rn, Duration)}, for a name. */
    Lock acquire(LockName name, Duration timeout);

    /** Acquires the lock of an item, or returns nothing where anybody has it. Does not wait. */
    Optional<Lock> tryAcquire(Rn<?> item);

    /** Acquires the lock of a name, or returns nothing where anybody has it. Does not wait. */
    Optional<Lock> tryAcquire(LockName name);

    /** Waits for the locks of items, {@link #TIMEOUT} at the most for all of them. */
    default LockSet acquireAll(Collection<? extends Rn<?>> items) {
        requireElements(items, "items");
        return acquireAll(items, TIMEOUT);
    }

    /**
     * Waits for the locks of items: gets all or none. Each is taken once, however often and in whatever spelling it is named, and all programs take them in
     * one order.
     *
     * @param timeout for all of them
     * @throws LockTimeoutException when others had one of them for all the time
     */
    LockSet acquireAll(Collection<? extends Rn<?>> items, Duration timeout);

    /** Returns whether somebody in this pool has the lock of an item. What other programs have is not asked. */
    boolean isLocked(Rn<?> item);

    /** Returns whether somebody in this pool has the lock of a name. What other programs have is not asked. */
    boolean isLocked(LockName name);
}
