package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** There is no such file in the depot. Way out: store it, or ask with {@code find} where it may be absent. */
public final class MissingFileException extends DepotException {
    private static final long serialVersionUID = 1L;

    public MissingFileException(String depot, @Nullable Rn<?> rn, String message, @Nullable Throwable cause) {
        super(depot, rn, message, Outcome.NOT_APPLIED, cause);
    }
}
