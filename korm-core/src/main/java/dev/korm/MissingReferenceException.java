package dev.korm;

/**
 * A reference that had to be resolved names no item. Way out: mend the reference, or leave out {@code
 * requireReferences()}.
 */
public final class MissingReferenceException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;

    public MissingReferenceException(String message, Rn<?> rn) {
        super(message);
        this.rn = rn;
    }

    /** Returns the item that it is about. Null only after Java serialisation. */
    public Rn<?> rn() {
        return rn;
    }
}
