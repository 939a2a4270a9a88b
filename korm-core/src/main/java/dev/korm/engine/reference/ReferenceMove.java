package dev.korm.engine.reference;

import dev.korm.QueryException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes a change that moves items together with what has everybody who refers to them name their new place. Each of those is changed as it was read or not at all; where
 * one was changed meanwhile, all are looked for again, a bounded number of times. For one change, by one thread.
 */
public final class ReferenceMove {
    private final PoolContext pool;
    private final MovedPlaces places;
    private final Map<ItemKey, ItemChange<?>> own = new LinkedHashMap<>();

    private final Map<ItemKey, Mutation> deletions;

    /**
     * Prepares the change.
     *
     * @param steps of the change, one for each item, whose own references name the new places already
     * @param deletions what the deletions among them do to others
     */
    public ReferenceMove(
            PoolContext pool,
            MovedPlaces places,
            Collection<? extends ItemChange<?>> steps,
            Map<ItemKey, Mutation> deletions) {
        this.deletions = deletions;
        this.pool = pool;
        this.places = places;
        steps.forEach(step -> own.put(step.key(), step));
    }

    /**
     * Returns the changes of those who refer to what is moved, and are not changed already.
     *
     * @throws dev.korm.ChangeTooLargeException when there are more than the pool changes at once
     * @throws QueryException when one of them is changed already in a way that cannot be joined with it
     */
    public Map<ItemKey, Mutation> references() {
        Map<ItemKey, Mutation> all = new LinkedHashMap<>();
        new ReferenceUpdates(pool, places).each((layer, table) -> false, (layer, changes, looked) -> {
            changes.forEach((key, change) -> {
                ItemChange<?> step = own.get(key);
                Mutation along = deletions.get(key);
                if (along instanceof Mutation.Update) {
                    throw new QueryException(pool.layers()
                                    .collection(pool.layers().layer(key.layer()), key.table())
                                    .item(key.id())
                            + " refers to an item that the transaction deletes, and to one that it moves to another layer."
                            + " Make a transaction of each");
                }
                if (along != null) {
                    return;
                }
                if (step == null) {
                    all.put(key, change);
                } else if (!step.removes()) {
                    requireWritten(step, change);
                }
            });
            if (!all.isEmpty()) {
                ItemKey first = all.keySet().iterator().next();
                pool.limit()
                        .require(
                                (long) own.size() + all.size(),
                                pool.layers().collection(pool.layers().layer(first.layer()), first.table()),
                                first.layer());
            }
        });
        return all;
    }

    /** Checks that a step writes each reference that is to change, since it writes it with its new name. */
    private static void requireWritten(ItemChange<?> step, Mutation change) {
        Set<String> written = step instanceof ItemChange.Restore<?> ? Set.of() : step.columnsWritten();
        for (ColumnSchema column : ((Mutation.Update) change).columns()) {
            if (!column.isHidden() && !written.contains(column.name())) {
                throw new QueryException(step.rn() + " refers in the column " + column.name()
                        + " to an item that the same transaction moves to another layer, and cannot be changed together with"
                        + " that: it is restored, or its record does not know the column. Do one of both in a"
                        + " transaction of its own");
            }
        }
    }

    /**
     * Makes the change.
     *
     * @param asked the mutations of its steps, by layer
     * @param commit makes mutations of several layers, all or nothing, and says which of them was refused
     */
    public AtomicCommits.Result run(
            Map<OpenLayer, List<Mutation>> asked,
            Function<Map<OpenLayer, List<Mutation>>, AtomicCommits.Result> commit) {
        for (int attempt = 1; attempt <= DeleteRun.ATTEMPTS; attempt++) {
            Map<OpenLayer, List<Mutation>> along = new LinkedHashMap<>();
            references().forEach((key, change) -> along.computeIfAbsent(
                            pool.layers().layer(key.layer()), any -> new ArrayList<>())
                    .add(change));
            Map<OpenLayer, List<Mutation>> all = new LinkedHashMap<>();
            asked.forEach((layer, mutations) -> {
                int held = DeleteRun.heldFirst(mutations);
                List<Mutation> ofLayer = new ArrayList<>(mutations.subList(0, held));
                ofLayer.addAll(along.getOrDefault(layer, List.of()));
                ofLayer.addAll(mutations.subList(held, mutations.size()));
                all.put(layer, ofLayer);
            });
            along.forEach(all::putIfAbsent);
            AtomicCommits.Result result = commit.apply(all);
            OpenLayer layer = result.layer();
            if (layer == null
                    || !(result.result() instanceof BatchResult.Refused refused)
                    || refused.mutation() == BatchResult.Refused.MARKER) {
                return result;
            }
            List<Mutation> ofLayer = asked.getOrDefault(layer, List.of());
            int index = DeleteRun.asked(
                    refused.mutation(),
                    DeleteRun.heldFirst(ofLayer),
                    along.getOrDefault(layer, List.of()).size());
            if (index >= 0 && index < ofLayer.size()) {
                return new AtomicCommits.Result(layer, new BatchResult.Refused(index, refused.refusal()));
            }
        }
        ItemKey first = own.keySet().iterator().next();
        throw new StoreBusyException(
                first.layer(),
                first + " was not moved: items that refer to what is moved were changed by others each of "
                        + DeleteRun.ATTEMPTS + " times. Nothing was written; try again",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }
}
