package dev.korm.kalam.error;

import org.jspecify.annotations.Nullable;

/** An answer that cannot be read: no JSON, broken off, larger than the limit, or of another shape. */
public class KalamProtocolException extends KalamException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveHappened;

    /** Makes an error. */
    public KalamProtocolException(String message, boolean mayHaveHappened, @Nullable Throwable cause) {
        super(message, cause);
        this.mayHaveHappened = mayHaveHappened;
    }

    @Override
    public boolean mayHaveHappened() {
        return mayHaveHappened;
    }
}
