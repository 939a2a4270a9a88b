package dev.korm.engine.version;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The times of versions, in microseconds since 1970: those of the wall clock, where that goes on. No two changes of one process have the
 * same time, and each has a later one than the versions that it follows, whichever process made them. Safe for many threads.
 */
public final class HistoryClock {
    private final Clock wall;
    private final AtomicLong last = new AtomicLong();

    public HistoryClock(Clock wall) {
        this.wall = wall;
    }

    /** Returns the time of a change that follows others. */
    public long next(long latestBefore) {
        long now = now();
        return last.updateAndGet(before -> Math.max(Math.max(before, latestBefore) + 1, now));
    }

    /** Returns the present, without a change. */
    public long now() {
        return micros(wall.instant());
    }

    public static long micros(Instant instant) {
        return TimeUnit.SECONDS.toMicros(instant.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
    }

    public static Instant instant(long micros) {
        return Instant.EPOCH
                .plusSeconds(Math.floorDiv(micros, 1_000_000L))
                .plusNanos(TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, 1_000_000L)));
    }
}
