package dev.korm;

/**
 * The calling thread was interrupted while korm waited for something on its behalf. The thread's interrupt flag is set, so the same
 * call would end in the same way. Way out: let the thread end; to go on with it, clear the flag by {@link Thread#interrupted()} and
 * make the call again. What had happened by then, the message says.
 */
public final class CallInterruptedException extends KormException {
    private static final long serialVersionUID = 1L;

    /** Made where an {@link InterruptedException} was caught, whose flag it sets again. */
    public CallInterruptedException(String message, InterruptedException cause) {
        super(message, cause);
        Thread.currentThread().interrupt();
    }
}
