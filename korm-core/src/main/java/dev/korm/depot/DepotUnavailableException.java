package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** The depot cannot be reached, or did not answer. Way out: try again; when it recurs, look after the depot. */
public final class DepotUnavailableException extends DepotException {
    private static final long serialVersionUID = 1L;

    public DepotUnavailableException(
            String depot, @Nullable Rn<?> rn, String message, Outcome outcome, @Nullable Throwable cause) {
        super(depot, rn, message, outcome, cause);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
