package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * The store was locked, or all its connections were in use, for longer than korm waits. Way out: try again; when it
 * recurs, look for a program that holds a lock, or for streams that are never closed.
 */
public final class StoreBusyException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreBusyException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
