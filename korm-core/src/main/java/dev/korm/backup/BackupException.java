package dev.korm.backup;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/**
 * A backup could not be made, verified or restored as asked. Way out: the message says what was wrong with which backup;
 * {@link #reason()} tells the cases apart. A restore that was refused has changed nothing.
 */
public final class BackupException extends KormException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** @param message what was attempted, on which backup, why not, and what to do */
    public BackupException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public BackupException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** Returns the case. */
    public Reason reason() {
        return reason;
    }

    /** The cases. */
    public enum Reason {
        /** There is no such backup: it was deleted, or never finished. */
        MISSING,
        /** Some of its bytes are not those that were written, or are not there. */
        DAMAGED,
        /** It is of another pool, or has layers that this one has not. */
        FOREIGN,
        /** A later version of korm wrote it. */
        NEWER,
        /** A key that it needs is not in the ring, or is another key of the same id. */
        WRONG_KEY,
        /** What it was read from could not be read at one moment, or what it was restored into is not as it should be. */
        FAILED,
        /** An earlier restore has to be settled first. */
        UNFINISHED_RESTORE,
        /** Somebody has the lock of an item, restores another backup, or makes one by schedule; the cause says who. */
        LOCKED
    }
}
