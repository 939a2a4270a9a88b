package dev.korm.spi.depot;

/**
 * Something in a depot that is no file an RN could name.
 *
 * @param name what the store calls it
 * @param reason why it is passed over
 */
public record SkippedName(String name, String reason) {}
