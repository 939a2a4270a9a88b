package dev.korm;

import org.jspecify.annotations.Nullable;

/**
 * A sealed value that does not open. {@link #reason} says why as far as that can be known; the other fields of the item can be
 * read. Way out: add the key that is missing, restore the field from a backup, or set it anew.
 */
public final class SealException extends KormException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The fault of a sealed value. */
    public enum Reason {
        /** It was sealed with a key that the key ring does not have. */
        UNKNOWN_KEY,
        /**
         * It was altered, or was sealed for another item, field or kind, or with another key of the same id. These cannot be told
         * apart.
         */
        FOREIGN_OR_ALTERED,
        /** The stored value is not sealed, or its form is not known to this version. */
        MALFORMED
    }

    public SealException(Reason reason, String message) {
        this(reason, message, null);
    }

    public SealException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Returns the reason why it does not open. */
    public Reason reason() {
        return reason;
    }
}
