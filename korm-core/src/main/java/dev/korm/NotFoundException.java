package dev.korm;

/** There is no such item. Way out: create it, or ask with {@code find()} where it may be absent. */
public final class NotFoundException extends KormException {
    private static final long serialVersionUID = 1L;

    private final transient Rn<?> rn;

    public NotFoundException(String message, Rn<?> rn) {
        super(message);
        this.rn = rn;
    }

    /** Returns the item that it is about. Null only after Java serialisation. */
    public Rn<?> rn() {
        return rn;
    }
}
