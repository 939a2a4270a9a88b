package dev.korm.danger;

import dev.korm.KormException;

/** A reset that was refused; nothing was changed. Way out: look at the plan again, or stop the programs that the message names. */
public final class ResetException extends KormException {
    private static final long serialVersionUID = 1L;

    public ResetException(String message) {
        super(message);
    }
}
