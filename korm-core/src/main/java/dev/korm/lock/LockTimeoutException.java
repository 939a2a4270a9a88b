package dev.korm.lock;

import dev.korm.KormException;
import java.time.Duration;

/**
 * A lock was not acquired in time, since somebody else had it; {@link #holder()} says who. Nothing was changed. Way out: try again, wait longer, or look why the holder
 * keeps it.
 */
public final class LockTimeoutException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String lock;
    private final Duration waited;
    private final String holder;

    /**
     * @param lock an item's RN or a name
     * @param holder completes the sentence "it is held by …"
     */
    public LockTimeoutException(String lock, Duration waited, String holder) {
        super("The lock of " + lock + " was not acquired within " + waited + ": it is held by " + holder
                + ". Try again, or give a longer timeout");
        this.lock = lock;
        this.waited = waited;
        this.holder = holder;
    }

    /** Returns the lock's name: an item's RN, with its layer, or a name in quotation marks. */
    public String lock() {
        return lock;
    }

    /** Returns how long it was waited for. */
    public Duration waited() {
        return waited;
    }

    /** Returns who had it at last: a thread of this pool, or the owner that another program gave. */
    public String holder() {
        return holder;
    }
}
