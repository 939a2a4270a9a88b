package dev.korm.recovery;

import dev.korm.KormException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of several layers was decided and is not in all of them yet. It is never half forgotten: what could not be reached is finished by
 * {@code pool.recovery().retry()} or the next opening, and what somebody else has changed meanwhile is quarantined, where a person decides.
 */
public final class IncompleteChangeException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String change;
    private final List<String> missing;

    /**
     * @param message what is missing, why, and what to do
     * @param change the change's id, as the journal and {@code pool.recovery()} name it
     * @param missing the layers that lack it
     */
    public IncompleteChangeException(String message, String change, List<String> missing, @Nullable Throwable cause) {
        super(message, cause);
        this.change = change;
        this.missing = List.copyOf(missing);
    }

    /** Returns the change's id, as the journal and {@code pool.recovery()} name it. */
    public String change() {
        return change;
    }

    /** Returns the names of the layers that lack it. */
    public List<String> missing() {
        return missing;
    }
}
