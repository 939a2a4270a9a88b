package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The metadata of a file, known without reading it.
 *
 * @param size in bytes
 * @param modified when it was stored, by the store's own clock
 * @param version differs for each content that was stored under the name; empty text where the store does not say
 * @param sha256 64 hex digits that were recorded when it was stored; empty for files that another program stored
 * @param contentType empty when none was given
 * @param attributes as they were given
 */
public record FileStat(
        Rn<?> rn,
        long size,
        Instant modified,
        String version,
        Optional<String> sha256,
        Optional<String> contentType,
        Map<String, String> attributes) {
    public FileStat {
        requireNonNull(rn, "rn");
        requireNonNull(modified, "modified");
        requireNonNull(version, "version");
        requireNonNull(sha256, "sha256");
        requireNonNull(contentType, "contentType");
        attributes = Map.copyOf(requireEntries(attributes, "attributes"));
    }
}
