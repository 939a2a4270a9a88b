package dev.korm.gateway.access;

import dev.korm.KormException;
import org.jspecify.annotations.Nullable;

/** Credentials that prove nobody, or that cannot be checked now. Way out: show a valid token; the message, which clients get, says what is wrong with this one. */
public final class AuthenticationException extends KormException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, without the token */
    public AuthenticationException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong, without the token
     * @param cause what found it
     */
    public AuthenticationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
