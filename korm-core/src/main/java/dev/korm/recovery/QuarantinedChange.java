package dev.korm.recovery;

import dev.korm.Rn;
import java.time.Instant;
import java.util.List;

/**
 * A change of several layers that was decided and cannot be finished by itself.
 *
 * @param id as the journal names it
 * @param time when it was made
 * @param stored the layers that have it
 * @param missing the layers that lack it, and why
 */
public record QuarantinedChange(String id, Instant time, List<String> stored, List<Missing> missing) {
    public QuarantinedChange {
        stored = List.copyOf(stored);
        missing = List.copyOf(missing);
    }

    /**
     * A layer that lacks the change.
     *
     * @param items that the change was to write there
     * @param reason in words, without data
     */
    public record Missing(String layer, List<Rn<?>> items, String reason) {
        public Missing {
            items = List.copyOf(items);
        }
    }
}
