package dev.korm.jdbc.write;

import dev.korm.spi.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one mutation, or of a run of inserts.
 *
 * @param rows how many rows each changed
 * @param position which of the run was refused
 */
record MutationOutcome(long rows, int position, @Nullable Refusal refusal) {
    static MutationOutcome of(long rows) {
        return new MutationOutcome(rows, 0, null);
    }

    static MutationOutcome refused(Refusal refusal) {
        return new MutationOutcome(0, 0, refusal);
    }
}
