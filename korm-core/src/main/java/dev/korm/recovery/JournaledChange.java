package dev.korm.recovery;

import dev.korm.Rn;
import java.time.Instant;
import java.util.List;

/**
 * A change of several layers as a journal has it: what it writes where, and no values.
 *
 * @param id by which the journal and {@code pool.recovery()} name it
 * @param pool the id of the pool that made it
 * @param time when it was made
 * @param coordinator the layer whose commit decides it
 * @param parts by layer
 * @param hasFiles whether it may have files to bring to their names
 */
public record JournaledChange(
        String id, String pool, Instant time, String coordinator, List<Part> parts, boolean hasFiles) {
    public JournaledChange {
        parts = List.copyOf(parts);
    }

    /** The part of one layer. */
    public record Part(String layer, List<Write> writes) {
        public Part {
            writes = List.copyOf(writes);
        }
    }

    /** The write of one item. */
    public record Write(Rn<?> item, Kind kind) {}

    /** A kind of write. */
    public enum Kind {
        CREATE,
        CHANGE,
        DELETE
    }
}
