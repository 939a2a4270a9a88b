package dev.korm;

/** An item with this id exists. Way out: update that one, or let korm choose an id. */
public final class AlreadyExistsException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;

    public AlreadyExistsException(String message, Rn<?> rn) {
        super(message);
        this.rn = rn;
    }

    /** Returns the item that it is about. Null only after Java serialisation. */
    public Rn<?> rn() {
        return rn;
    }
}
