package dev.korm.engine.commit;

import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.TransactionMarker;
import java.util.List;
import java.util.Optional;

/** The part of a change that happens in one layer. */
public record LayerBatch(OpenLayer layer, List<Mutation> mutations) {
    public LayerBatch {
        mutations = List.copyOf(mutations);
    }

    /** Returns the batch that makes this part, once. */
    Batch batch(TransactionMarker marker) {
        return new Batch(mutations, Optional.of(marker));
    }

    /**
     * Returns the batch that makes it after the change was decided. What the mutations required was so when it was decided, and need not be so any more;
     * that each row is as it was read, they still require.
     */
    Batch redo(TransactionMarker marker) {
        return new Batch(
                mutations.stream()
                        .filter(mutation -> !(mutation instanceof Mutation.RequireNone)
                                && !(mutation instanceof Mutation.RequireFence))
                        .toList(),
                Optional.of(marker));
    }
}
