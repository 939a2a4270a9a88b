package dev.korm;

/** A pool, stream or item state that can no longer be used: it was closed, or a one-time step was already taken. */
public final class ClosedException extends KormException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        super(message);
    }
}
