package dev.korm;

/**
 * A path that cannot be read, or names a field that the model does not have. Way out: correct the path; the message
 * names the nearest field.
 */
public final class PathException extends KormException {
    private static final long serialVersionUID = 1L;

    public PathException(String message) {
        super(message);
    }
}
