package dev.korm.jdbc.session;

import org.jspecify.annotations.Nullable;

/** A way out of code that throws it on purpose, with its connection as it was. Whoever called tries another way. */
public abstract class Detour extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected Detour(@Nullable Throwable cause) {
        super(cause);
    }
}
