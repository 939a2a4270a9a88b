package dev.korm.event;

import dev.korm.KormException;
import java.time.Duration;
import java.util.Optional;

/**
 * The answer of a layer or depot to a small question.
 *
 * @param name its name in the pool
 * @param store which of the two it is
 * @param took how long it took, also where it failed
 * @param failure why there was no answer; empty where there was one
 */
public record Ping(String name, Store store, Duration took, Optional<KormException> failure) {
    /** Returns whether it has answered. */
    public boolean isAnswered() {
        return failure.isEmpty();
    }

    /** The kinds of parts that a pool has. */
    public enum Store {
        LAYER,
        DEPOT
    }
}
