package dev.korm.testkit.kalam;

/** Behaviour of the real server that programs do not expect, each of which can be left out to see what depends on it. */
public enum Trap {
    /** A connection's queue holds 128 notifications of changes, and what comes while it is full is dropped without notice. */
    DROPPED_EVENTS,
    /** A SELECT without LIMIT ends after 50 rows, and any SELECT after 1,000, without notice. */
    ROW_CAPS,
    /** ORDER BY with LIMIT comes back in the order of the primary key when that column is in the answer under its own name. */
    LOST_ORDER,
    /** A flush brings rows back that were deleted after they had been flushed before. */
    UNDONE_DELETES,
    /** A COMMIT that fails behind its first writes leaves these in place. */
    HALF_COMMITS,
    /** Snapshots of several batches over a WebSocket lose and repeat rows, and end after 1,000. */
    LOSSY_SNAPSHOTS
}
