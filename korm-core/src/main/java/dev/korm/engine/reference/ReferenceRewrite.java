package dev.korm.engine.reference;

import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** Has references to a collection name another layer, in every layer of the pool, a page of items at a time. For one thread. */
public final class ReferenceRewrite {
    private final CollectionHandle<?> source;
    private final ReferenceUpdates updates;

    public ReferenceRewrite(CollectionHandle<?> source, CollectionHandle<?> target) {
        this.source = source;
        MovedPlaces places = new MovedPlaces();
        places.add(source.layer().layer(), source.table(), target.layer().layer());
        this.updates = new ReferenceUpdates(source.pool(), places);
    }

    /**
     * Once through everything.
     *
     * @param found how many items named the old place
     * @param changed how many of them name the new one now; the others were changed by someone else meanwhile
     * @param layers of those that were changed
     */
    public record Pass(long found, long changed, Set<String> layers) {}

    public Pass pass(LongConsumer done) {
        long[] counts = new long[3];
        Set<String> layers = new TreeSet<>();
        updates.each(
                (layer, table) -> table.equals(source.table())
                        && layer.layer().equals(source.layer().layer()),
                (layer, changes, looked) -> {
                    counts[0] += changes.size();
                    long changed = apply(layer, List.copyOf(changes.values()));
                    if (changed > 0) {
                        layers.add(layer.layer());
                    }
                    counts[1] += changed;
                    counts[2] += looked;
                    done.accept(counts[2]);
                });
        return new Pass(counts[0], counts[1], layers);
    }

    private static long apply(OpenLayer layer, List<Mutation> mutations) {
        if (mutations.isEmpty()) {
            return 0;
        }
        if (layer.applyPass(Batch.of(mutations)) instanceof BatchResult.Applied) {
            return mutations.size();
        }
        long changed = 0;
        for (Mutation mutation : mutations) {
            // One that is refused was changed meanwhile, and is looked at again by the next pass.
            if (layer.applyPass(Batch.of(List.of(mutation))) instanceof BatchResult.Applied) {
                changed++;
            }
        }
        return changed;
    }
}
