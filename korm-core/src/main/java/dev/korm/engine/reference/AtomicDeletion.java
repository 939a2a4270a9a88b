package dev.korm.engine.reference;

import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.commit.AtomicCommits.Ending;
import dev.korm.engine.commit.LayerBatch;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes items together with all that their deletion asks of those who refer to them, in whatever layers they are, as one change. Every row is changed
 * as it was read or not at all; one that was changed meanwhile has everything looked at again, a bounded number of times. Used by one thread.
 */
public final class AtomicDeletion {
    private final PoolContext pool;
    private final Applying applying;

    /** Makes the changes of several layers, or of one, all or nothing. */
    public interface Applying {
        AtomicCommits.Result of(List<LayerBatch> parts);
    }

    /** Returns who commits deletions that reach several layers, with no files of their own; null where the pool cannot. */
    public static @Nullable Applying committing(PoolContext pool) {
        AtomicCommits commits = pool.commits();
        return commits.isAvailable()
                ? parts -> commits.commit(commits.newId().orElseThrow(), parts, Optional.empty(), Ending.BY_COMMIT)
                : null;
    }

    public AtomicDeletion(PoolContext pool, Applying applying) {
        this.pool = pool;
        this.applying = applying;
    }

    /**
     * The outcome of the deletion.
     *
     * @param result of the mutations that were asked for
     * @param cascaded how many items went along, by collection
     */
    public record Outcome(AtomicCommits.Result result, Map<Rn<?>, Long> cascaded) {}

    /**
     * Makes changes of several layers, deletions among them.
     *
     * @param deleted the items that the changes delete
     * @param stored those of the changes that store items
     * @param asked the mutations of the changes, by layer
     * @param releases gets the files of what goes along
     * @throws dev.korm.ReferencedException when a policy forbids it
     */
    public Outcome run(
            Collection<ItemKey> deleted,
            List<ItemChange<?>> stored,
            Map<OpenLayer, List<Mutation>> asked,
            FileReleases releases) {
        Set<TableName> tables = new LinkedHashSet<>();
        deleted.forEach(key -> tables.add(key.table()));
        for (int attempt = 1; attempt <= DeleteRun.ATTEMPTS; attempt++) {
            try (DeletePlan plan = new DeletePlan(pool, deleted, stored)) {
                if (!plan.concerns(tables)) {
                    return new Outcome(applying.of(parts(asked)), Map.of());
                }
                plan.find();
                Optional<AtomicCommits.Result> result = attempt(plan, deleted, asked);
                if (result.isPresent()) {
                    if (result.get().result() instanceof BatchResult.Applied) {
                        plan.release(releases);
                    }
                    return new Outcome(result.get(), plan.cascaded());
                }
            }
            pool.layers().all().forEach(each -> each.policies().forget());
        }
        ItemKey first = deleted.iterator().next();
        throw new StoreBusyException(
                first.layer(),
                first + " was not deleted from the layer \"" + first.layer()
                        + "\": items that refer to it were changed by others each of " + DeleteRun.ATTEMPTS
                        + " times. Try again",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    /** Makes one attempt; empty when somebody was in the way. */
    Optional<AtomicCommits.Result> attempt(
            DeletePlan plan, Collection<ItemKey> deleted, Map<OpenLayer, List<Mutation>> asked) {
        Set<ItemKey> gone = new LinkedHashSet<>(deleted);
        Map<OpenLayer, List<Mutation>> all = new LinkedHashMap<>();
        plan.effects().forEach((key, effect) -> {
            if (effect.mutation() instanceof Mutation.Delete) {
                gone.add(key);
            }
            all.computeIfAbsent(pool.layers().layer(key.layer()), any -> new ArrayList<>())
                    .add(effect.mutation());
        });
        Map<OpenLayer, Integer> along = new LinkedHashMap<>();
        all.forEach((layer, mutations) -> along.put(layer, mutations.size()));
        asked.forEach((layer, mutations) -> {
            int held = DeleteRun.heldFirst(mutations);
            List<Mutation> ofLayer = all.computeIfAbsent(layer, any -> new ArrayList<>());
            ofLayer.addAll(0, mutations.subList(0, held));
            ofLayer.addAll(mutations.subList(held, mutations.size()));
        });
        all.forEach((layer, mutations) -> mutations.addAll(plan.guards(layer, gone)));
        AtomicCommits.Result result = applying.of(parts(all));
        OpenLayer layer = result.layer();
        if (layer == null || !(result.result() instanceof BatchResult.Refused refused)) {
            return Optional.of(new AtomicCommits.Result(null, applied(asked)));
        }
        if (refused.mutation() == BatchResult.Refused.MARKER) {
            return Optional.of(result);
        }
        int held = DeleteRun.heldFirst(asked.getOrDefault(layer, List.of()));
        int own = DeleteRun.asked(refused.mutation(), held, along.getOrDefault(layer, 0));
        return own < 0 || own >= asked.getOrDefault(layer, List.of()).size()
                ? Optional.empty()
                : Optional.of(new AtomicCommits.Result(layer, new BatchResult.Refused(own, refused.refusal())));
    }

    /** Returns the result in which every mutation that names a row has changed it. */
    private static BatchResult.Applied applied(Map<OpenLayer, List<Mutation>> asked) {
        return new BatchResult.Applied(
                asked.values().stream().flatMap(List::stream).map(each -> 1L).toList());
    }

    private static List<LayerBatch> parts(Map<OpenLayer, List<Mutation>> all) {
        return all.entrySet().stream()
                .map(entry -> new LayerBatch(entry.getKey(), entry.getValue()))
                .toList();
    }
}
