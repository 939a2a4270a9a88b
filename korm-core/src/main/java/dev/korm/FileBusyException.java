package dev.korm;

import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import org.jspecify.annotations.Nullable;

/**
 * Another change of this pool held a file for longer than a change waits; the message says which. Nothing was changed. Way out: try
 * again, or let the pool wait longer by {@link PoolBuilder#longestFileWait}.
 */
public final class FileBusyException extends DepotException {
    private static final long serialVersionUID = 1L;

    public FileBusyException(String depot, @Nullable Rn<?> rn, String message) {
        super(depot, rn, message, Outcome.NOT_APPLIED, null);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
