package dev.korm.engine.commit;

import dev.korm.spi.Mutation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A change as the journal keeps it: all that is needed to finish it.
 *
 * @param pool the id of the pool that made it
 * @param time when it was made
 * @param hasFiles whether there may be files to bring to their names
 * @param parts in the order in which they were prepared; the last is the coordinator's
 */
record RedoRecord(String pool, Instant time, boolean hasFiles, List<Part> parts) {
    /** @param mutations of items; secrets in them are sealed */
    record Part(String layer, List<Mutation> mutations) {}

    RedoRecord {
        parts = List.copyOf(parts);
    }

    static RedoRecord of(AtomicChange change) {
        return new RedoRecord(
                change.marker().pool(),
                change.marker().time(),
                change.ending() == AtomicCommits.Ending.BY_CALLER,
                change.parts().stream()
                        .map(part -> new Part(part.layer().layer(), part.redo()))
                        .toList());
    }

    /** Returns the names of the layers, the coordinator's first. */
    List<String> layers() {
        List<String> names = new ArrayList<>(parts.stream().map(Part::layer).toList());
        Collections.reverse(names);
        return names;
    }

    Part coordinator() {
        return parts.get(parts.size() - 1);
    }

    List<Part> followers() {
        return parts.subList(0, parts.size() - 1);
    }
}
