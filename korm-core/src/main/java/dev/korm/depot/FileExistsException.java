package dev.korm.depot;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import org.jspecify.annotations.Nullable;

/** A file is there already, and was not to be replaced. Way out: choose another name, or replace it on purpose. */
public final class FileExistsException extends DepotException {
    private static final long serialVersionUID = 1L;

    public FileExistsException(String depot, @Nullable Rn<?> rn, String message, @Nullable Throwable cause) {
        super(depot, rn, message, Outcome.NOT_APPLIED, cause);
    }
}
