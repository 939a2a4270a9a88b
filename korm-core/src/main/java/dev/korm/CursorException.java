package dev.korm;

import org.jspecify.annotations.Nullable;

/** A page cursor that was altered, or that belongs to another query. Way out: begin again at the first page. */
public final class CursorException extends KormException {
    private static final long serialVersionUID = 1L;

    public CursorException(String message) {
        super(message);
    }

    public CursorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
