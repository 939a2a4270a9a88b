package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * A class that korm cannot store. Way out: change the field that the message names. Thrown when the class is first
 * used, before anything is written.
 */
public final class ModelException extends KormException {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
