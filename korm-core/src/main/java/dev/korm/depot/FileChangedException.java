package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** A file is not as it was when it was looked at. Way out: look again, then decide anew. */
public final class FileChangedException extends DepotException {
    private static final long serialVersionUID = 1L;

    public FileChangedException(String depot, @Nullable Rn<?> rn, String message, @Nullable Throwable cause) {
        super(depot, rn, message, Outcome.NOT_APPLIED, cause);
    }
}
