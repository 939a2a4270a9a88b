package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * A store did not do what was asked, for a reason of its own. Way out: look after the store; {@link #isRetryable()} says
 * whether the same call may simply be made again, {@link #outcome()} whether the change may have happened.
 */
public class StoreException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String layer;
    private final Outcome outcome;

    /**
     * @param layer the layer's name in its pool
     * @param message what was attempted, why not, and what to do
     */
    public StoreException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.layer = layer;
        this.outcome = outcome;
    }

    /** Returns the layer's name in its pool. */
    public final String layer() {
        return layer;
    }

    /** Returns whether the change that failed may have happened. */
    public final Outcome outcome() {
        return outcome;
    }

    /** Returns whether the same call may succeed when it is made again a little later, and does no harm. */
    public boolean isRetryable() {
        return false;
    }

    /** The outcome of a change that failed. */
    public enum Outcome {
        /** Nothing of it happened. */
        NOT_APPLIED,
        /**
         * It may have happened, all of it, or nothing. korm has looked for proof and found none. Look at the items before the change is
         * made again: an item that was to be created is there under its RN or not, and a commit of an item that has moved on is
         * refused.
         */
        UNKNOWN
    }
}
