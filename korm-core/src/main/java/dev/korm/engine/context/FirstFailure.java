package dev.korm.engine.context;

import org.jspecify.annotations.Nullable;

/** The first failure of several steps that all have to be made, with the later ones suppressed in it. Used by one thread. */
public final class FirstFailure {
    private @Nullable Throwable first;

    /** Takes note of a failure, which may be the very exception that came first: nothing can be suppressed in itself. */
    public void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (first != failure) {
            first.addSuppressed(failure);
        }
    }

    /**
     * Throws the first failure, if there was one.
     *
     * @throws IllegalStateException with the failure as its cause, when that is a checked exception
     */
    public void rethrow() {
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (first != null) {
            throw new IllegalStateException("None of these steps throws checked exceptions", first);
        }
    }
}
