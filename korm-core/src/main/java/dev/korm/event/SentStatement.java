package dev.korm.event;

import java.time.Duration;
import java.util.Optional;

/**
 * A statement that was sent to a layer's store: one way there and back.
 *
 * @param layer the layer's name
 * @param text the statement, with a placeholder for each value
 * @param rows how many it answered or changed; -1 where nobody has counted
 * @param took how long the store took
 * @param failure the class and the code of the error that it ended with, such as {@code SQLiteException (SQL state null, code 19)}, without its message, which may quote a row; empty for an answer
 */
public record SentStatement(String layer, String text, long rows, Duration took, Optional<String> failure) {
    /** Returns whether it ended with an error. */
    public boolean failed() {
        return failure.isPresent();
    }
}
