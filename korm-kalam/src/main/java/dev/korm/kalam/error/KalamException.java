package dev.korm.kalam.error;

import org.jspecify.annotations.Nullable;

/** An error of the client: what was attempted, and why it failed. Never holds a token, a password or a parameter. */
public class KalamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an error. */
    public KalamException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Returns true when the server may have done what was asked although it failed here, as when the answer to a write was lost. A write
     * is never repeated by the client then; read back what is there.
     */
    public boolean mayHaveHappened() {
        return false;
    }
}
