package dev.korm.file;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import java.time.Duration;

/** The release policy of a file that no item names any more: the item was deleted, or names another file. */
public sealed interface FileRelease {
    /** It stays; a sweep does not take it away either. */
    FileRelease KEEP = new Keep();

    /**
     * It is deleted at once, unless another item names it. To know that, every table with references or JSON is asked, so this is for
     * small pools. A deleted item that is restored has lost its files.
     */
    FileRelease DELETE = new Delete();

    /** It stays. */
    record Keep() implements FileRelease {}

    /** It is deleted at once. */
    record Delete() implements FileRelease {}

    /**
     * The first {@link Pool#sweep} after that time deletes it, unless an item names it by then.
     *
     * @param grace how long it stays
     */
    record After(Duration grace) implements FileRelease {
        public After {
            requireNonNull(grace, "grace");
            if (grace.isNegative()) {
                throw new ConfigurationException("The grace period of a file cannot be negative");
            }
        }
    }

    /**
     * Keeps the file for a while; the next {@link Pool#sweep} after that deletes it, unless an item names it by then.
     */
    static FileRelease after(Duration grace) {
        requireNonNull(grace, "grace");
        return new After(grace);
    }
}
