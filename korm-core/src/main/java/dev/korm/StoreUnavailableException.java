package dev.korm;

import org.jspecify.annotations.Nullable;

/** The store cannot be reached or opened. Way out: check that it is there and may be opened. */
public final class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }
}
