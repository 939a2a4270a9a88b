package dev.korm;

import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The thread that called was interrupted, before the call or while it waited, and its flag is still set. Way out: let the thread
 * come to its end. Trying again is of no use, since every call fails alike until the flag is cleared by {@link
 * Thread#interrupted()}; {@link #outcome()} says whether the change may have happened.
 */
public final class OperationInterruptedException extends KormException {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    /**
     * @param attempted completes the sentence "… failed", with the layer, depot or RN that it was about
     * @param cause how it was noticed; null where the flag was set before the call
     */
    public OperationInterruptedException(String attempted, Outcome outcome, @Nullable Throwable cause) {
        super(attempted + " failed: the thread was interrupted. " + told(outcome), cause);
        this.outcome = outcome;
    }

    private static String told(Outcome outcome) {
        return switch (outcome) {
            case NOT_APPLIED ->
                "Nothing was changed. Let the thread end, or clear its flag with Thread.interrupted()"
                        + " before the call is made again";
            case UNKNOWN ->
                "The change may have happened. Let the thread end, or clear its flag with Thread.interrupted()"
                        + " and look before the call is made again";
        };
    }

    /** Returns whether the change that was asked for may have happened. A call that only reads changes nothing. */
    public Outcome outcome() {
        return outcome;
    }
}
