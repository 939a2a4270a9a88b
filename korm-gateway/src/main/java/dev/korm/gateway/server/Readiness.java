package dev.korm.gateway.server;

import dev.korm.gateway.source.RowSource;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Asks whether what the gateway answers from does answer, at most once a second, however many ask here. */
final class Readiness {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final RowSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean known;
    private boolean ready;
    private long asked;

    Readiness(RowSource source) {
        this.source = source;
    }

    boolean isReady() {
        lock.lock();
        try {
            if (!known || System.nanoTime() - asked > FRESH) {
                ready = source.isReady(LIMIT);
                known = true;
                asked = System.nanoTime();
            }
            return ready;
        } finally {
            lock.unlock();
        }
    }
}
