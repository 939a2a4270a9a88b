package dev.korm.key;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/**
 * A secret has to be sealed or opened and there is no key for it, or it cannot be had. Way out: make a key with
 * {@code korm keygen} and put it where the message says; where there should be one, look after the variable, the file or the
 * key management service.
 */
public final class MissingKeyException extends KormException {
    private static final long serialVersionUID = 1L;

    public MissingKeyException(String message) {
        super(message);
    }

    public MissingKeyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
