package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * The layer takes no more changes, since it is not known in what state an earlier failure left its connection or its disk. What was
 * acknowledged is safe. Way out: close the pool and open it anew; {@link #outcome()} says whether this change may have happened.
 */
public final class StoreStoppedException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreStoppedException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }
}
