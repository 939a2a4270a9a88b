package dev.korm.cli;

import org.jspecify.annotations.Nullable;

/** A command could not be done; its message is for the one who gave it. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
