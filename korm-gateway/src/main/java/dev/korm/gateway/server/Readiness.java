package dev.korm.gateway.server;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Asks whether what the gateway answers from does answer, at most once a second, however many ask here. */
final class Readiness {
    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Predicate<Duration> answers;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean known;
    private boolean ready;
    private long asked;

    Readiness(Predicate<Duration> answers) {
        this.answers = answers;
    }

    boolean isReady() {
        lock.lock();
        try {
            if (!known || System.nanoTime() - asked > FRESH) {
                ready = answers.test(LIMIT);
                known = true;
                asked = System.nanoTime();
            }
            return ready;
        } finally {
            lock.unlock();
        }
    }
}
