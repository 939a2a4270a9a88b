package dev.korm.testkit.kalam.data;

import java.util.concurrent.atomic.AtomicLong;

/** A source of ids that grow with time. */
public final class Snowflake {
    static final long EPOCH_MILLIS = 1704067200000L;
    private static final long WORKER = 1L << 12;

    private final AtomicLong last = new AtomicLong();

    static long floor(long millis) {
        return (millis - EPOCH_MILLIS) << 22;
    }

    long next() {
        return last.updateAndGet(before -> {
            long now = floor(System.currentTimeMillis()) | WORKER;
            if (before < now) {
                return now;
            }
            // The counter's 12 bits, then the next millisecond.
            return (before & 0xfff) < 0xfff ? before + 1 : ((before >> 22) + 1) << 22 | WORKER;
        });
    }

    /** Makes all later ids greater than this one. */
    void above(long id) {
        last.accumulateAndGet(id, Math::max);
    }
}
