package dev.korm.gateway.server;

import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.event.Ping;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Asks the pool whether its stores answer, at most once a second, however many ask here. */
final class Readiness {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Pool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean known;
    private boolean ready;
    private long asked;

    Readiness(Pool pool) {
        this.pool = pool;
    }

    boolean isReady() {
        lock.lock();
        try {
            if (!known || System.nanoTime() - asked > FRESH) {
                ready = ask();
                known = true;
                asked = System.nanoTime();
            }
            return ready;
        } finally {
            lock.unlock();
        }
    }

    private boolean ask() {
        try {
            return pool.ping(LIMIT).stream().allMatch(Ping::isAnswered);
        } catch (KormException failed) {
            return false;
        }
    }
}
