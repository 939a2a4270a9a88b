package dev.korm.kalam.error;

import org.jspecify.annotations.Nullable;

/** An error of time: no answer within the limit, or a wait that was interrupted. */
public class KalamTimeoutException extends KalamConnectionException {
    private static final long serialVersionUID = 1L;

    /** Makes an error. */
    public KalamTimeoutException(String message, boolean mayHaveHappened, @Nullable Throwable cause) {
        super(message, mayHaveHappened, cause);
    }
}
