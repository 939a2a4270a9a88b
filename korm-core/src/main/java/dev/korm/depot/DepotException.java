package dev.korm.depot;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A depot did not do what was asked. Way out: look after the depot; {@link #isRetryable()} says whether the same call may
 * simply be made again, {@link #outcome()} whether the change may have happened.
 */
public class DepotException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String depot;
    private final transient @Nullable Rn<?> rn;
    private final Outcome outcome;

    /**
     * @param depot the depot's name in its pool
     * @param rn the file or prefix that it is about; null when it is about the whole depot
     * @param message what was attempted, why not, and what to do
     */
    public DepotException(
            String depot, @Nullable Rn<?> rn, String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.depot = depot;
        this.rn = rn;
        this.outcome = outcome;
    }

    /** Returns the depot's name in its pool. */
    public final String depot() {
        return depot;
    }

    /** Returns the file or prefix that it is about; empty when it is about the whole depot. */
    public final Optional<Rn<?>> rn() {
        return Optional.ofNullable(rn);
    }

    /** Returns whether the change that failed may have happened. A call that only reads changes nothing. */
    public final Outcome outcome() {
        return outcome;
    }

    /** Returns whether the same call may succeed when it is made again a little later, and does no harm. */
    public boolean isRetryable() {
        return false;
    }
}
