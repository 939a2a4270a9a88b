package dev.korm.event;

import java.time.Duration;

/**
 * A statement that was sent to a layer's store: one way there and back.
 *
 * @param layer the layer's name
 * @param text the statement, with a placeholder for each value
 * @param rows how many it answered or changed; -1 where nobody has counted
 * @param took how long the store took
 * @param failed whether it ended with an error
 */
public record SentStatement(String layer, String text, long rows, Duration took, boolean failed) {}
