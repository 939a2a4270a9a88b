package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * A value that cannot be stored in, or read from, its field or column as it is. Way out: correct the value, the
 * declared type, or the column. The message names the place, never the value.
 */
public class ValueException extends KormException {
    private static final long serialVersionUID = 1L;

    public ValueException(String message) {
        super(message);
    }

    public ValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
