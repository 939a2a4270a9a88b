package dev.korm.spi;

import java.util.List;
import java.util.Optional;

/**
 * Changes that happen together or not at all, in order.
 *
 * @param mutations what changes
 * @param marker the row to insert into {@link TransactionMarker#TABLE} with them; the layer makes the table. A marker that is
 *     there already refuses the batch with {@link Refusal.Exists}, as if it were one mutation more at the end
 */
public record Batch(List<Mutation> mutations, Optional<TransactionMarker> marker) {
    public Batch {
        mutations = List.copyOf(mutations);
    }

    /** A batch without a marker. */
    public static Batch of(List<Mutation> mutations) {
        return new Batch(mutations, Optional.empty());
    }
}
