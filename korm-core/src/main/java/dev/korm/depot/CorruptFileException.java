package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** The bytes of a file are not those that were stored, or cannot be told to be. Way out: restore the file from a backup or
 * a mirror; when another program changed it on purpose, store it anew. */
public final class CorruptFileException extends DepotException {
    private static final long serialVersionUID = 1L;

    public CorruptFileException(String depot, @Nullable Rn<?> rn, String message, @Nullable Throwable cause) {
        super(depot, rn, message, Outcome.NOT_APPLIED, cause);
    }
}
