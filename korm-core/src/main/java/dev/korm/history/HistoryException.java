package dev.korm.history;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/** The history does not have what was asked for. Way out: ask for a later moment, or for what there is. */
public class HistoryException extends KormException {
    private static final long serialVersionUID = 1L;

    public HistoryException(String message) {
        super(message);
    }

    public HistoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
