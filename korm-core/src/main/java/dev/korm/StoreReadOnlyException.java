package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * The store takes no changes: it was opened read-only, or its file or folder is write-protected. Way out: open it for
 * writing, or mend the permission.
 */
public final class StoreReadOnlyException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StoreReadOnlyException(String layer, String message, Outcome outcome, @Nullable Throwable cause) {
        super(layer, message, outcome, cause);
    }
}
