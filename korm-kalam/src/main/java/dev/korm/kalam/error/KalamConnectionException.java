package dev.korm.kalam.error;

import org.jspecify.annotations.Nullable;

/** An error of the network: the server could not be reached, or a connection was lost. */
public class KalamConnectionException extends KalamException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveHappened;

    /** Makes an error. */
    public KalamConnectionException(String message, boolean mayHaveHappened, @Nullable Throwable cause) {
        super(message, cause);
        this.mayHaveHappened = mayHaveHappened;
    }

    @Override
    public boolean mayHaveHappened() {
        return mayHaveHappened;
    }
}
