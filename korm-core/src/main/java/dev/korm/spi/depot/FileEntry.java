package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import java.time.Instant;

/**
 * A file in a listing.
 *
 * @param size in bytes
 * @param modified when it was stored, by the store's own clock
 */
public record FileEntry(Rn<?> rn, long size, Instant modified) {
    public FileEntry {
        requireNonNull(rn, "rn");
        requireNonNull(modified, "modified");
    }
}
