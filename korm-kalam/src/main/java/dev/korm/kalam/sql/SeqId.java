package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.time.Duration;
import java.time.Instant;

/**
 * A version of a row, the server's {@code _seq}: a number of 64 bits that grows with the time of the write.
 *
 * @param value the number
 */
public record SeqId(long value) implements Comparable<SeqId> {
    private static final long EPOCH_MILLIS = 1704067200000L;
    private static final int TIME_SHIFT = 22;

    /** Returns the version before all others. */
    public static SeqId zero() {
        return new SeqId(0);
    }

    /** Returns the version that the text names. */
    public static SeqId parse(String text) {
        requireNonNull(text, "text");
        try {
            return new SeqId(Long.parseLong(text.trim()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("A version is a whole number of 64 bits", e);
        }
    }

    /** Returns the time of the write, in milliseconds. */
    public Instant timestamp() {
        return Instant.ofEpochMilli((value >> TIME_SHIFT) + EPOCH_MILLIS);
    }

    /** Returns the version that a write so much earlier would have had, to begin with some overlap. */
    public SeqId minus(Duration time) {
        requireNonNull(time, "time");
        return new SeqId(Math.max(0, value - (time.toMillis() << TIME_SHIFT)));
    }

    @Override
    public int compareTo(SeqId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
