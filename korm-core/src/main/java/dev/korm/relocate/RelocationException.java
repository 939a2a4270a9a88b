package dev.korm.relocate;

import dev.korm.KormException;
import dev.korm.Rn;

/**
 * A collection could not be copied or moved as a whole. What was copied stays where it is, nothing of the source is lost, and the
 * same call goes on from there. Way out: as the message says, then the same call again.
 */
public final class RelocationException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;

    public RelocationException(String message, Rn<?> rn) {
        super(message);
        this.rn = rn;
    }

    /** Returns the collection, or the item that stands in the way. Null only after Java serialisation. */
    public Rn<?> rn() {
        return rn;
    }
}
