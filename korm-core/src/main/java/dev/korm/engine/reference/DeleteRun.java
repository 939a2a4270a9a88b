package dev.korm.engine.reference;

import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.key.CrossKeyUniqueness;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes items with all that their deletion asks of those who refer to them.
 *
 * <p>What is in the layer of the deleted items happens in one batch with them, and the batch holds itself to it that nothing in the
 * layer refers to them afterwards. What is in other layers happens in the same change where the pool has a journal ({@link AtomicDeletion}); else it
 * happens before, those who refer first: a crash in between leaves no reference to what is gone, and the same deletion asked again does the rest. Every row is changed as it was read or not at all;
 * one that was changed meanwhile has everything looked at again, a bounded number of times. Used by one thread.
 */
public final class DeleteRun {
    static final int ATTEMPTS = 8;
    private static final int CHUNK = 500;

    private final PoolContext pool;
    private final OpenLayer layer;
    private final FileReleases releases;
    private final CrossKeyUniqueness.Applying applying;
    private final AtomicDeletion.@Nullable Applying across;

    /**
     * @param releases gets the files of what goes along
     * @param applying applies the batch of the layer's own
     * @param across makes a change of several layers; null where the pool cannot
     */
    public DeleteRun(
            PoolContext pool,
            OpenLayer layer,
            FileReleases releases,
            CrossKeyUniqueness.Applying applying,
            AtomicDeletion.@Nullable Applying across) {
        this.pool = pool;
        this.layer = layer;
        this.releases = releases;
        this.applying = applying;
        this.across = across;
    }

    /**
     * The outcome of the run.
     *
     * @param result of the mutations that were asked for
     * @param cascaded how many items went along, by collection
     */
    public record Outcome(BatchResult result, Map<Rn<?>, Long> cascaded) {}

    /** Returns whether the deletion of items of a collection may ask anything of those who refer to them. */
    public static boolean isPlain(PoolContext pool, TableName table) {
        return !DeletePlan.concerns(pool, Set.of(table));
    }

    /**
     * Returns the items that the deletion of others would change or delete along with them, as things stand.
     *
     * @throws dev.korm.ReferencedException when a policy forbids it
     */
    public static Set<ItemKey> affected(PoolContext pool, Collection<ItemKey> deleted) {
        Set<TableName> tables = tables(deleted);
        try (DeletePlan plan = new DeletePlan(pool, deleted, List.of())) {
            if (!plan.concerns(tables)) {
                return Set.of();
            }
            plan.find();
            return Set.copyOf(plan.effects().keySet());
        }
    }

    /**
     * Makes changes of the layer, deletions among them.
     *
     * @param deleted the items that the changes delete
     * @param stored those of the changes that store items
     * @throws dev.korm.ReferencedException when a policy forbids it
     */
    public Outcome run(Collection<ItemKey> deleted, List<ItemChange<?>> stored, Batch batch) {
        Set<TableName> tables = tables(deleted);
        if (!DeletePlan.concerns(pool, tables)) {
            return new Outcome(applying.of(batch), Map.of());
        }
        for (int attempt = 1; ; attempt++) {
            try (DeletePlan plan = new DeletePlan(pool, deleted, stored)) {
                if (!plan.concerns(tables)) {
                    return new Outcome(applying.of(batch), Map.of());
                }
                plan.find();
                Optional<BatchResult> result = attempt(plan, deleted, batch);
                if (result.isPresent()) {
                    if (result.get() instanceof BatchResult.Applied) {
                        plan.release(releases);
                    }
                    return new Outcome(result.get(), plan.cascaded());
                }
            }
            if (attempt == ATTEMPTS) {
                throw new StoreBusyException(
                        layer.layer(),
                        deleted.iterator().next() + " was not deleted from the layer \"" + layer.layer()
                                + "\": items that refer to it were changed by others each of " + ATTEMPTS
                                + " times. Try again",
                        StoreException.Outcome.NOT_APPLIED,
                        null);
            }
            pool.layers().all().forEach(each -> each.policies().forget());
        }
    }

    private static Set<TableName> tables(Collection<ItemKey> keys) {
        if (keys.size() == 1) {
            return Set.of(keys.iterator().next().table());
        }
        Set<TableName> tables = new LinkedHashSet<>();
        keys.forEach(key -> tables.add(key.table()));
        return tables;
    }

    /** Empty when someone was in the way. */
    private Optional<BatchResult> attempt(DeletePlan plan, Collection<ItemKey> deleted, Batch batch) {
        List<Mutation> mutations = batch.mutations();
        Order order = new Order(plan, layer.layer());
        if (order.reachesOut() && across != null) {
            return new AtomicDeletion(pool, across)
                    .attempt(plan, deleted, Map.of(layer, mutations))
                    .map(AtomicCommits.Result::result);
        }
        if (order.reachesOut()) {
            Optional<BatchResult> refused = refusedAlready(mutations);
            if (refused.isPresent()) {
                return refused;
            }
        }
        Set<ItemKey> gone = new LinkedHashSet<>(deleted);
        plan.effects().forEach((key, effect) -> {
            if (effect.mutation() instanceof Mutation.Delete) {
                gone.add(key);
            }
        });
        if (order.reachesOut()) {
            AtomicCommits.requireNotSurrounded(List.of(layer, pool.layers().layer(order.nextLayer())));
        }
        while (order.reachesOut()) {
            String name = order.nextLayer();
            List<Mutation> before = order.take(name);
            OpenLayer other = pool.layers().layer(name);
            if (!name.equals(layer.layer()) && !order.hasMore(name)) {
                before.addAll(plan.guards(other, gone));
            }
            if (other.apply(Batch.of(before)) instanceof BatchResult.Refused) {
                return Optional.empty();
            }
        }
        // What has to be as it was read is looked at before anything that goes along is changed.
        int held = heldFirst(mutations);
        List<Mutation> all = new ArrayList<>(mutations.subList(0, held));
        List<Mutation> rest = order.rest();
        int along = rest.size();
        all.addAll(rest);
        all.addAll(mutations.subList(held, mutations.size()));
        all.addAll(plan.guards(layer, gone));
        BatchResult result = applying.of(new Batch(all, batch.marker()));
        if (result instanceof BatchResult.Refused refused) {
            if (refused.mutation() == BatchResult.Refused.MARKER) {
                return Optional.of(refused);
            }
            int asked = asked(refused.mutation(), held, along);
            return asked < 0 || asked >= mutations.size()
                    ? Optional.empty()
                    : Optional.of(new BatchResult.Refused(asked, refused.refusal()));
        }
        List<Long> rows = ((BatchResult.Applied) result).rows();
        List<Long> own = new ArrayList<>(rows.subList(0, held));
        own.addAll(rows.subList(held + along, along + mutations.size()));
        return Optional.of(new BatchResult.Applied(own));
    }

    /** Returns how many of some mutations, at their beginning, only require rows to be as they were read. */
    static int heldFirst(List<Mutation> mutations) {
        int held = 0;
        while (held < mutations.size()
                && (mutations.get(held) instanceof Mutation.RequireRevision
                        || mutations.get(held) instanceof Mutation.RequireNone)) {
            held++;
        }
        return held;
    }

    /** Returns which of the mutations that were asked for one of a batch is; negative for what goes along. */
    static int asked(int mutation, int held, int along) {
        if (mutation < held) {
            return mutation;
        }
        return mutation < held + along ? -1 : mutation - along;
    }

    /** Finds out, before another layer is changed, whether the batch would be refused in the end. */
    private Optional<BatchResult> refusedAlready(List<Mutation> mutations) {
        Map<TableName, Map<String, Integer>> deletions = new LinkedHashMap<>();
        for (int i = 0; i < mutations.size(); i++) {
            if (mutations.get(i) instanceof Mutation.Delete delete
                    && delete.expectedRevision().isPresent()) {
                deletions
                        .computeIfAbsent(delete.table(), any -> new LinkedHashMap<>())
                        .put(delete.id(), i);
            }
        }
        for (Map.Entry<TableName, Map<String, Integer>> ofTable : deletions.entrySet()) {
            Map<String, Long> revisions =
                    revisions(ofTable.getKey(), ofTable.getValue().keySet());
            for (Map.Entry<String, Integer> deletion : ofTable.getValue().entrySet()) {
                Mutation.Delete delete = (Mutation.Delete) mutations.get(deletion.getValue());
                Long now = revisions.get(deletion.getKey());
                if (now == null || now != delete.expectedRevision().getAsLong()) {
                    Refusal refusal = now == null ? new Refusal.Missing() : new Refusal.Stale(now);
                    return Optional.of(new BatchResult.Refused(deletion.getValue(), refusal));
                }
            }
        }
        return Optional.empty();
    }

    private Map<String, Long> revisions(TableName table, Collection<String> ids) {
        Map<String, Long> revisions = new HashMap<>();
        List<String> all = List.copyOf(ids);
        int most = Math.max(1, Math.min(CHUNK, layer.store().capabilities().parameterLimit()));
        List<Output> outputs = List.of(
                new Output.Value(ItemIds.operand()),
                new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        for (int from = 0; from < all.size(); from += most) {
            Condition some = new Condition.OneOf(
                    ItemIds.operand(), List.copyOf(all.subList(from, Math.min(all.size(), from + most))));
            Selection selection =
                    new Selection(table, List.of(), outputs, some, List.of(), List.of(), OptionalLong.empty());
            try (RowCursor row = layer.select(selection)) {
                while (row.next()) {
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    revisions.put(String.valueOf(row.get(0)), revision);
                }
            }
        }
        return revisions;
    }

    /**
     * An order in which referring items come before the items they refer to; a circle over several layers is broken at
     * one of them.
     */
    private static final class Order {
        private final String last;
        private final Map<ItemKey, DeletePlan.Effect> remaining;
        private final Map<ItemKey, Integer> waitingFor = new HashMap<>();
        private final Map<ItemKey, List<ItemKey>> targets = new HashMap<>();
        private final Map<String, Integer> perLayer = new LinkedHashMap<>();
        private final Map<String, List<ItemKey>> ready = new LinkedHashMap<>();

        Order(DeletePlan plan, String last) {
            this.last = last;
            this.remaining = new LinkedHashMap<>(plan.effects());
            for (ItemKey key : remaining.keySet()) {
                perLayer.merge(key.layer(), 1, Integer::sum);
                int waits = 0;
                for (ItemKey holder : plan.holders(key)) {
                    if (!holder.equals(key) && remaining.containsKey(holder)) {
                        waits++;
                        targets.computeIfAbsent(holder, any -> new ArrayList<>())
                                .add(key);
                    }
                }
                waitingFor.put(key, waits);
                if (waits == 0) {
                    ready.computeIfAbsent(key.layer(), any -> new ArrayList<>()).add(key);
                }
            }
        }

        /** Returns whether there is still something to do in another layer than the last. */
        boolean reachesOut() {
            return perLayer.entrySet().stream()
                    .anyMatch(entry -> entry.getValue() > 0 && !entry.getKey().equals(last));
        }

        boolean hasMore(String layer) {
            return perLayer.getOrDefault(layer, 0) > 0;
        }

        /** Returns the layer to go on with: another than the last where that is possible. */
        String nextLayer() {
            for (Map.Entry<String, List<ItemKey>> entry : ready.entrySet()) {
                if (!entry.getKey().equals(last) && !entry.getValue().isEmpty()) {
                    return entry.getKey();
                }
            }
            if (!ready.getOrDefault(last, List.of()).isEmpty()) {
                return last;
            }
            ItemKey first = remaining.keySet().stream()
                    .filter(key -> !key.layer().equals(last))
                    .findFirst()
                    .orElseThrow();
            ready.computeIfAbsent(first.layer(), any -> new ArrayList<>()).add(first);
            return first.layer();
        }

        /** Returns all that can happen in the layer now. */
        List<Mutation> take(String layer) {
            List<Mutation> taken = new ArrayList<>();
            List<ItemKey> queue = ready.getOrDefault(layer, new ArrayList<>());
            for (int i = 0; i < queue.size(); i++) {
                ItemKey key = queue.get(i);
                DeletePlan.Effect effect = remaining.remove(key);
                if (effect == null) {
                    continue;
                }
                taken.add(effect.mutation());
                perLayer.merge(layer, -1, Integer::sum);
                for (ItemKey target : targets.getOrDefault(key, List.of())) {
                    if (waitingFor.merge(target, -1, Integer::sum) == 0) {
                        ready.computeIfAbsent(target.layer(), any -> new ArrayList<>())
                                .add(target);
                    }
                }
            }
            ready.remove(layer);
            return taken;
        }

        List<Mutation> rest() {
            List<Mutation> rest = new ArrayList<>();
            remaining.values().forEach(effect -> rest.add(effect.mutation()));
            return rest;
        }
    }
}
