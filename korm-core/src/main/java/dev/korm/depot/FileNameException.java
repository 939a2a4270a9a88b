package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** A name that the depot cannot hold, or holds under another spelling. Way out: choose another name. */
public final class FileNameException extends DepotException {
    private static final long serialVersionUID = 1L;

    public FileNameException(String depot, @Nullable Rn<?> rn, String message, @Nullable Throwable cause) {
        super(depot, rn, message, Outcome.NOT_APPLIED, cause);
    }
}
