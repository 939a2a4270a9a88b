package dev.korm.engine.lock;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.engine.item.PoolLayers;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.spi.Fence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock of a pool that somebody has acquired.
 *
 * <p>States: HELD, until it is CLOSED, or LOST and then closed. A lost one is not held again; until it is closed, writes of its item are refused. The lease ends by this
 * process's monotonic clock, counted from before it was asked for, so never later than the store has it end.
 */
final class HeldLock implements Lock {
    private enum State {
        HELD,
        LOST,
        CLOSED
    }

    private final PoolLocks pool;
    private final LockKey key;
    private final @Nullable Lease lease;
    private final long token;
    private final ReentrantLock mutex = new ReentrantLock();
    private final List<Runnable> actions = new ArrayList<>();
    private volatile State state = State.HELD;
    private volatile long end;
    private volatile String loss = "";

    /**
     * A lease as a store has given it.
     *
     * @param owner as the row names it
     * @param end by the environment's nanoseconds
     */
    record Lease(String layer, String owner, long token, long end) {}

    /** @param lease null where the lock is within this pool alone */
    HeldLock(PoolLocks pool, LockKey key, @Nullable Lease lease, long token) {
        this.pool = pool;
        this.key = key;
        this.lease = lease;
        this.token = token;
        this.end = lease == null ? 0 : lease.end();
    }

    LockKey key() {
        return key;
    }

    boolean isOf(PoolLayers layers) {
        return pool.isOf(layers);
    }

    boolean isShared() {
        return lease != null;
    }

    String owner() {
        return lease == null ? "" : lease.owner();
    }

    /** Returns when its lease ends, by the environment's nanoseconds. */
    long end() {
        return end;
    }

    /** Returns the fence that holds writes of a layer to it; empty where that layer was not told of it. */
    Optional<Fence> fenceIn(String layer) {
        return lease != null && (lease.layer().equals(layer) || key.layers().contains(layer))
                ? Optional.of(new Fence(key.id(), token))
                : Optional.empty();
    }

    @Override
    public String name() {
        return key.name();
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public boolean isHeld() {
        if (state == State.HELD && lease != null && pool.now() - end >= 0) {
            lose("its lease ended before it could be renewed");
        }
        return state == State.HELD;
    }

    @Override
    public void requireHeld() {
        if (!isHeld()) {
            throw lost("The lock of " + name() + " is not held");
        }
    }

    /** Returns what refuses a write that it should have guarded, which is counted. */
    LockLostException fenced(String refused) {
        return pool.fenced(lost(refused));
    }

    /** @param refused begins the message: what did not happen */
    LockLostException lost(String refused) {
        String why = state == State.CLOSED
                ? "it was closed. Acquire it anew"
                : loss + ". Close it, acquire it anew, and read again what it guards";
        return new LockLostException(name(), refused + ": " + why);
    }

    @Override
    public Lock onLost(Runnable action) {
        requireNonNull(action, "action");
        mutex.lock();
        try {
            if (state == State.HELD) {
                actions.add(action);
                return this;
            }
        } finally {
            mutex.unlock();
        }
        if (state == State.LOST) {
            pool.tell(action);
        }
        return this;
    }

    /** Takes note that somebody else may have it. */
    void lose(String reason) {
        List<Runnable> told;
        mutex.lock();
        try {
            if (state != State.HELD) {
                return;
            }
            loss = reason;
            state = State.LOST;
            told = List.copyOf(actions);
            actions.clear();
        } finally {
            mutex.unlock();
        }
        pool.lost(this, reason);
        told.forEach(pool::tell);
    }

    /** Takes note of a new lease. */
    void renewed(long newEnd) {
        if (isHeld()) {
            end = newEnd;
        }
    }

    @Override
    public void close() {
        boolean held;
        mutex.lock();
        try {
            if (state == State.CLOSED) {
                return;
            }
            held = state == State.HELD;
            state = State.CLOSED;
            actions.clear();
        } finally {
            mutex.unlock();
        }
        pool.closed(this, held);
    }

    @Override
    public String toString() {
        return "the lock of " + name() + " (" + state + ")";
    }
}
