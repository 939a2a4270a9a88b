package dev.korm.gateway.server;

import java.util.function.LongSupplier;

/** A measure of a client's messages: so many at once, and so many a second over time. For one thread at a time. */
final class TokenBucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoTime;
    private double tokens;
    private long then;

    TokenBucket(int perSecond, int burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.tokens = burst;
        this.then = nanoTime.getAsLong();
    }

    /** Takes one; returns false when there is none. */
    boolean take() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(burst, tokens + (now - then) / NANOS * perSecond);
        then = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
