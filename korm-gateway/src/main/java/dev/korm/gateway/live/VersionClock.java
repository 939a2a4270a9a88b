package dev.korm.gateway.live;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The versions of what clients are told: microseconds since 1970, or one more than the version before where that is greater. So they strictly increase, also over a restart, and
 * two gateways over the same pool give comparable ones; until the year 2255 a JavaScript number holds each exactly.
 */
public final class VersionClock {
    private final Clock clock;
    private final AtomicLong last = new AtomicLong();

    public VersionClock(Clock clock) {
        this.clock = clock;
    }

    /** Returns a version that is greater than all before. */
    public long next() {
        long now = now();
        return last.updateAndGet(before -> Math.max(before + 1, now));
    }

    /** Returns a version that is at least as great as all before: a client cannot have seen a greater one. */
    public long newest() {
        return Math.max(last.get(), now());
    }

    private long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
