package dev.korm.engine.commit;

import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.WholeChange;
import dev.korm.spi.Mutation;
import java.util.List;
import java.util.Set;

/**
 * The part of a change that happens in one layer.
 *
 * @param leaving those of the mutations that remove a row also where deleted rows are kept
 */
public record LayerBatch(OpenLayer layer, List<Mutation> mutations, Set<Mutation> leaving) {
    public LayerBatch {
        mutations = List.copyOf(mutations);
    }

    public LayerBatch(OpenLayer layer, List<Mutation> mutations) {
        this(layer, mutations, Set.of());
    }

    /**
     * Returns this part with the versions that it makes, where its layer keeps any.
     *
     * @param whole the change that it is of
     */
    LayerBatch recorded(WholeChange whole) {
        return new LayerBatch(layer, ChangeRecorder.recorded(layer, mutations, leaving, whole));
    }

    /**
     * Returns the mutations that make it after the change was decided. What the mutations required was so when it was decided, and need not be so any more;
     * that each row is as it was read, they still require.
     */
    List<Mutation> redo() {
        return mutations.stream()
                .filter(mutation -> !(mutation instanceof Mutation.RequireNone)
                        && !(mutation instanceof Mutation.RequireRevision)
                        && !(mutation instanceof Mutation.RequireFence))
                .toList();
    }
}
