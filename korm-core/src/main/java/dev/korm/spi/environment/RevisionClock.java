package dev.korm.spi.environment;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hybrid logical clock that says with which revision an item begins, so that no two states of one id ever have the same revision,
 * also after the item was deleted and created anew.
 *
 * <p>A revision begins at the microseconds since 1970 and grows by one with each change. Since a change takes longer than a
 * microsecond, an item's revision stays behind the time, and a later item of the same id begins above all that the earlier one had.
 * Where the wall clock does not go on, or is set back, this clock does: it never answers the same number twice, and always more than
 * any revision that it was told of. Numbers stay below 2<sup>53</sup>, and so exact in JSON, until the year 2255.
 *
 * <p>One for a process. Safe for many threads.
 */
public final class RevisionClock {
    private final InstantSource wall;
    private final AtomicLong last = new AtomicLong();

    public RevisionClock(InstantSource wall) {
        this.wall = requireNonNull(wall, "wall");
    }

    /** Returns the revision that a new item begins with. */
    public long next() {
        return next(0);
    }

    /**
     * Returns the revision that an item begins with whose id had others before, as when it is restored or moved. It is above the
     * next one of the former item too: so an item that has that one can only be the former, changed once by somebody.
     *
     * @param former the last revision that is known of it
     */
    public long nextAfter(long former) {
        return next(former + 2);
    }

    private long next(long least) {
        Instant now = wall.instant();
        long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(now.getNano());
        long from = Math.max(least, micros);
        while (true) {
            long before = last.get();
            long next = Math.max(before + 1, from);
            if (last.compareAndSet(before, next)) {
                return next;
            }
        }
    }

    /** Takes note of a revision that an item has, wherever it came from: all that begin after this are above it. */
    public void saw(long revision) {
        if (revision > last.get()) {
            last.accumulateAndGet(revision, Math::max);
        }
    }
}
