package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be reached or opened, or takes nothing at the moment. Way out: check that it is there and may be opened; {@link
 * #isRetryable()} says where it will come back by itself.
 */
public final class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public StoreUnavailableException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        this(layer, message, outcome, cause, false);
    }

    private StoreUnavailableException(
            String layer, String message, Outcome outcome, @Nullable Throwable cause, boolean retryable) {
        super(layer, message, outcome, cause);
        this.retryable = retryable;
    }

    /** Says that the store answered, that it takes nothing now, and that nothing happened: a later call may find it well. */
    public static StoreUnavailableException retryable(String layer, String message, @Nullable Throwable cause) {
        return new StoreUnavailableException(layer, message, Outcome.NOT_APPLIED, cause, true);
    }

    @Override
    public boolean isRetryable() {
        return retryable;
    }
}
