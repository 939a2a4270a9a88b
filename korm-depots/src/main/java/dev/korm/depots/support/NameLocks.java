package dev.korm.depots.support;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Locks on names among the threads of a process: one for each name that somebody has or waits for, so nobody waits for another. */
public final class NameLocks {
    private final Map<List<String>, Named> locks = new HashMap<>();

    private static final class Named {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    /**
     * Does some work while no other thread works with the name.
     *
     * @return false when another thread has had the name for as long as is waited; nothing was done then
     * @throws InterruptedException when the thread is interrupted while it waits
     */
    public boolean alone(List<String> name, Duration most, Runnable work) throws InterruptedException {
        Named named = use(name);
        try {
            if (!named.lock.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            try {
                work.run();
                return true;
            } finally {
                named.lock.unlock();
            }
        } finally {
            leave(name, named);
        }
    }

    private Named use(List<String> name) {
        synchronized (locks) {
            Named named = locks.computeIfAbsent(name, any -> new Named());
            named.users++;
            return named;
        }
    }

    private void leave(List<String> name, Named named) {
        synchronized (locks) {
            named.users--;
            if (named.users == 0) {
                locks.remove(name);
            }
        }
    }

    /** Returns how many names are in use, for tests of leaks. */
    int size() {
        synchronized (locks) {
            return locks.size();
        }
    }
}
