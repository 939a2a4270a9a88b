package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.spi.journal.JournalDescription;
import java.util.Map;
import java.util.Optional;

/**
 * Parts of a pool beside its stores, for the metadata.
 *
 * @param history whether versions of items are kept
 * @param backups the member {@code backups} of the original's form
 * @param homes the default layers of collections; recorded and not compared
 * @param releases the release policies of depots; recorded and not compared
 */
public record PoolParts(
        Optional<JournalDescription> journal,
        Optional<PoolLocks.Sharing> locks,
        boolean history,
        Optional<Document> backups,
        Map<String, String> homes,
        Map<String, String> releases) {
    static final PoolParts NONE =
            new PoolParts(Optional.empty(), Optional.empty(), false, Optional.empty(), Map.of(), Map.of());

    public PoolParts {
        homes = Map.copyOf(homes);
        releases = Map.copyOf(releases);
    }
}
