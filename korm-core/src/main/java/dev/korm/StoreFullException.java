package dev.korm;

import org.jspecify.annotations.Nullable;

/** The store has no room left. Way out: make room; nothing that was acknowledged is lost. */
public final class StoreFullException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreFullException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }
}
