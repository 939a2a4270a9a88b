package dev.korm;

/**
 * A text that is no RN, or parts that make none. Way out: correct the text; {@link #position()} is the offending character
 * and the message says what may stand there.
 */
public final class RnException extends KormException {
    private static final long serialVersionUID = 1L;

    private final int position;

    /**
     * @param message what is wrong and what is allowed
     * @param position the index of the offending {@code char}, or the text's length when it ends too early
     */
    public RnException(String message, int position) {
        super(message);
        this.position = position;
    }

    /** Returns the index of the offending {@code char} of the text; the text's length when it ends too early. */
    public int position() {
        return position;
    }
}
