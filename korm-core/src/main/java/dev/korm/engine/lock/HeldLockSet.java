package dev.korm.engine.lock;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.engine.context.FirstFailure;
import dev.korm.lock.Lock;
import dev.korm.lock.LockSet;
import java.util.List;

/** Locks that were acquired together. */
record HeldLockSet(List<Lock> locks) implements LockSet {
    HeldLockSet {
        locks = List.copyOf(locks);
    }

    @Override
    public boolean isHeld() {
        return locks.stream().allMatch(Lock::isHeld);
    }

    @Override
    public LockSet onLost(Runnable action) {
        requireNonNull(action, "action");
        locks.forEach(lock -> lock.onLost(action));
        return this;
    }

    @Override
    public void close() {
        release(locks);
    }

    /** Closes all of them, the last first, whatever becomes of the others. */
    static void release(List<Lock> locks) {
        FirstFailure failure = new FirstFailure();
        for (int i = locks.size() - 1; i >= 0; i--) {
            try {
                locks.get(i).close();
            } catch (RuntimeException | Error failed) {
                failure.add(failed);
            }
        }
        failure.rethrow();
    }
}
