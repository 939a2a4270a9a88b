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

    /** All from a byte on. */
    public static ByteRange from(long first) {
        return new ByteRange(first, Long.MAX_VALUE);
    }

    /** How many bytes there are of it in a file of that size. */
    public long within(long size) {
        return Math.max(0, Math.min(length, size - Math.min(size, from)));
    }
}
