package dev.korm;

import org.jspecify.annotations.Nullable;

/** A failure because a file is not a database, or is corrupt. Way out: check the path; restore the last good backup. */
public final class StoreCorruptException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreCorruptException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }
}
