package dev.korm.event;

/**
 * An attempt that came to nothing and is made again.
 *
 * @param layer the layer's name; empty where it is no single one's
 * @param what what is repeated, such as {@code Writing}
 * @param attempt the one that has failed, from 1
 * @param reason why it has
 */
public record RepeatedAttempt(String layer, String what, int attempt, Throwable reason) {}
