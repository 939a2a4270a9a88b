package dev.korm.jdbc;

import org.jspecify.annotations.Nullable;

/** A way out of code that throws it on purpose, with its connection as it was. Whoever called tries another way. */
abstract class Detour extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Detour(@Nullable Throwable cause) {
        super(cause);
    }
}
