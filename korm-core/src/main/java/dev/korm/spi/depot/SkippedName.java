package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireNonNull;

/**
 * An entry in a depot that is not a file that an RN could name.
 *
 * @param name what the store calls it
 * @param reason why it is passed over
 */
public record SkippedName(String name, String reason) {
    public SkippedName {
        requireNonNull(name, "name");
        requireNonNull(reason, "reason");
    }
}
