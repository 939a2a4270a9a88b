package dev.korm;

/**
 * A change would have held more in memory than the pool allows; see {@link PoolBuilder#largestChange}. It was not begun. Way out: make
 * it in several changes of fewer items, as by a filter or a limit, or allow more.
 */
public final class ChangeTooLargeException extends KormException {
    private static final long serialVersionUID = 1L;

    public ChangeTooLargeException(String message) {
        super(message);
    }
}
