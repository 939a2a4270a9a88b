package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that korm throws. Catch a subclass to do something about it: each says in its Javadoc what the way
 * out is. Messages name the RN or path and the layer, and never show data.
 */
public abstract class KormException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected KormException(String message) {
        super(message);
    }

    protected KormException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
