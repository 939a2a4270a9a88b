package dev.korm.recovery;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/** The journal could not be read or written, or is damaged. Way out: look after the place that the message names, and open the pool anew. */
public final class JournalException extends KormException {
    private static final long serialVersionUID = 1L;

    /** @param message what was attempted, where, why not, and what to do */
    public JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
