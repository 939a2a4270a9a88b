package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** The depot has no room left. Way out: make room; what was stored before is untouched. */
public final class DepotFullException extends DepotException {
    private static final long serialVersionUID = 1L;

    public DepotFullException(
            String depot, @Nullable Rn<?> rn, String message, Outcome outcome, @Nullable Throwable cause) {
        super(depot, rn, message, outcome, cause);
    }
}
