package dev.korm;

/** A password was not hashed, since too many others were being. Way out: try again, or allow more at once. */
public final class PasswordBusyException extends KormException {
    private static final long serialVersionUID = 1L;

    public PasswordBusyException(String message) {
        super(message);
    }
}
