package dev.korm.kalam.settings;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A number of attempts, and the waits between them.
 *
 * @param maxAttempts the first one included; 0 means no limit
 * @param initial the wait before the second
 * @param max the longest wait
 * @param multiplier by how much each wait is longer than the one before
 * @param jitter the part of a wait, from 0 to 1, that is left to chance, upwards or downwards
 */
public record RetryPolicy(int maxAttempts, Duration initial, Duration max, double multiplier, double jitter) {
    /** Clamps what makes no sense. */
    public RetryPolicy {
        requireNonNull(initial, "initial");
        requireNonNull(max, "max");
        maxAttempts = Math.max(0, maxAttempts);
        initial = initial.isNegative() ? Duration.ZERO : initial;
        max = max.compareTo(initial) < 0 ? initial : max;
        multiplier = multiplier >= 1 ? Math.min(multiplier, 1000) : 1;
        jitter = jitter > 0 ? Math.min(jitter, 1) : 0;
    }

    /** Returns the policy of one attempt. */
    public static RetryPolicy none() {
        return new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0);
    }

    /** Returns the policy of reads whose connection failed: 3 attempts, 100 ms between them, then 200 ms. */
    public static RetryPolicy reads() {
        return new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(2), 2, 0.2);
    }

    /** Returns the policy of asking for credentials: 3 attempts, 250 ms doubling to 2 s. */
    public static RetryPolicy credentials() {
        return new RetryPolicy(3, Duration.ofMillis(250), Duration.ofSeconds(2), 2, 0);
    }

    /** Returns the policy of a worker on one message: 3 attempts, 300 ms doubling to 5 s. */
    public static RetryPolicy messages() {
        return new RetryPolicy(3, Duration.ofMillis(300), Duration.ofSeconds(5), 2, 0);
    }

    /** Returns the policy of connecting again: without end, 1 s doubling to 30 s, a fifth left to chance. */
    public static RetryPolicy reconnect() {
        return new RetryPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(30), 2, 0.2);
    }

    /** Returns this with another number of attempts. */
    public RetryPolicy withMaxAttempts(int attempts) {
        return new RetryPolicy(attempts, initial, max, multiplier, jitter);
    }

    /** Returns this with other waits. */
    public RetryPolicy withWaits(Duration first, Duration longest) {
        requireNonNull(first, "first");
        requireNonNull(longest, "longest");
        return new RetryPolicy(maxAttempts, first, longest, multiplier, jitter);
    }

    /** Tells whether another attempt is allowed behind so many. */
    public boolean allowsAfter(int attempts) {
        return maxAttempts == 0 || attempts < maxAttempts;
    }

    /** Returns the wait behind so many failed attempts. */
    public Duration waitAfter(int attempts) {
        double nanos = (double) initial.toNanos() * Math.pow(multiplier, Math.min(1000, Math.max(0, attempts - 1)));
        double bounded = Math.min(nanos, (double) max.toNanos());
        double chance =
                jitter == 0 ? 1 : 1 + jitter * ThreadLocalRandom.current().nextDouble(-1, 1);
        return Duration.ofNanos((long) (bounded * chance));
    }
}
