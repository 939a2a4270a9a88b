package dev.korm.backup;

import java.time.Instant;

/**
 * The proof that a backup could be read back.
 *
 * @param at when it was read
 */
public record Verification(Depth depth, Instant at) {
    /** The choice of how far a verification goes. */
    public enum Depth {
        /** Every byte is read back and compared with its checksums, and every row is decoded and compared with the hash of its table. */
        QUICK,
        /** As {@link #QUICK}; then everything is restored into an empty database of its own, read from there and compared again. */
        FULL
    }
}
