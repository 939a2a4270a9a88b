package dev.korm.spi.depot;

/**
 * A part of a file.
 *
 * @param from the first byte, from 0
 * @param length how many bytes at the most
 */
public record ByteRange(long from, long length) {
    public ByteRange {
        if (from < 0 || length < 0) {
            throw new IllegalArgumentException("A range begins at 0 or later and has no negative length");
        }
    }

    /** Returns all from a byte on. */
    public static ByteRange from(long first) {
        return new ByteRange(first, Long.MAX_VALUE);
    }

    /** Returns how many bytes of the range a file of that size has. */
    public long within(long size) {
        return Math.max(0, Math.min(length, size - Math.min(size, from)));
    }
}
