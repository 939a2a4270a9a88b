package dev.korm.kalam.error;

import org.jspecify.annotations.Nullable;

/** A value that is not of the type that was asked for, or is missing; named by its column, never by itself. */
public class KalamDataException extends KalamException {
    private static final long serialVersionUID = 1L;

    /** Makes an error. */
    public KalamDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
