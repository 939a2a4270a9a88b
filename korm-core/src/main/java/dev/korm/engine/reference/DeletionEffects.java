package dev.korm.engine.reference;

import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.spi.Mutation;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The effects that a deletion would have on the items that refer to it, for who wants to know them beforehand. */
public final class DeletionEffects {
    private DeletionEffects() {}

    /**
     * Returns the changes of rows that a deletion brings along: those that go too, and those that let go.
     *
     * @param pool as it is seen before the deletion
     * @param stored what the same change stores
     * @throws dev.korm.ReferencedException when a policy forbids it
     */
    public static Map<ItemKey, Mutation> of(PoolContext pool, ItemKey deleted, Collection<ItemChange<?>> stored) {
        try (DeletePlan plan = new DeletePlan(pool, Set.of(deleted), List.copyOf(stored))) {
            Map<ItemKey, Mutation> effects = new LinkedHashMap<>();
            if (plan.concerns(Set.of(deleted.table()))) {
                plan.find();
                plan.effects().forEach((key, effect) -> effects.put(key, effect.mutation()));
            }
            return effects;
        }
    }
}
