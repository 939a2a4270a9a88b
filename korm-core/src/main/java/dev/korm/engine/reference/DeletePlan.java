package dev.korm.engine.reference;

import dev.korm.DeletePolicy;
import dev.korm.Document;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileColumns;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.file.ReleasedNames;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.StoredPolicy;
import dev.korm.engine.layer.TableView;
import dev.korm.model.Models;
import dev.korm.spi.Mutation;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes to items that refer to those being deleted, as the layers are now. Found wave by wave: those who refer to
 * the items, then those who refer to what goes along, one question for each table, policy and wave. A wave is a loop
 * and not a call, and an item goes once, so long chains and circles come to an end.
 *
 * <p>Of the items that refer only the columns that hold references are read, and of those that go along the ones that may hold files. For one attempt; used by one
 * thread, which closes it. What is held in memory is bounded by the pool's {@link ChangeLimit}: each item that goes or lets go, and
 * each reference between them.
 */
final class DeletePlan implements AutoCloseable {
    /** How many referring items an error names. */
    private static final int NAMED = 3;

    /**
     * A referring row and the change applied to it.
     *
     * @param mutation of the referring row, as it was read
     */
    record Effect(ItemKey key, Mutation mutation) {}

    private final PoolContext pool;
    private final Map<OpenLayer, List<StoredPolicy>> policies = new LinkedHashMap<>();
    private final Set<ItemKey> requested;
    private final List<ItemChange<?>> stored;
    /** The columns that the same transaction writes, so that what they hold now does not count. */
    private final Map<ItemKey, Set<String>> written = new HashMap<>();

    /** What goes along, in the order in which it was found. */
    private final Map<ItemKey, Effect> cascades = new LinkedHashMap<>();

    /** What goes along names these. */
    private final ReleasedNames files = new ReleasedNames(FileReleases.PORTION);

    private final Map<ItemKey, Nullification> loosened = new LinkedHashMap<>();
    private final Map<ItemKey, Restriction> restrictions = new LinkedHashMap<>();
    /** By what is referred to: those that have to be gone, or to have let go, before it. */
    private final Map<ItemKey, Set<ItemKey>> holders = new LinkedHashMap<>();

    /** How many there are in all. */
    private long held;

    /** A row that holds to what it refers to. */
    private record Restriction(ItemKey target, StoredPolicy policy) {}

    /**
     * @param requested what is to be deleted
     * @param stored what the same transaction stores
     */
    DeletePlan(PoolContext pool, Collection<ItemKey> requested, List<ItemChange<?>> stored) {
        this.pool = pool;
        this.requested = new LinkedHashSet<>(requested);
        this.stored = stored;
        stored.forEach(step -> written.put(step.key(), step.columnsWritten()));
        policies.putAll(policies(pool));
    }

    private static Map<OpenLayer, List<StoredPolicy>> policies(PoolContext pool) {
        Map<OpenLayer, List<StoredPolicy>> policies = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            policies.put(layer, layer.policies().at(pool.environment().nanoTime()));
        }
        return policies;
    }

    /** Returns whether any policy in the pool is about one of the collections. */
    static boolean concerns(PoolContext pool, Collection<TableName> collections) {
        for (OpenLayer layer : pool.layers().all()) {
            if (concern(layer.policies().at(pool.environment().nanoTime()), collections)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether any policy is about one of the collections. */
    boolean concerns(Collection<TableName> collections) {
        return policies.values().stream().anyMatch(kept -> concern(kept, collections));
    }

    private static boolean concern(List<StoredPolicy> kept, Collection<TableName> collections) {
        for (StoredPolicy policy : kept) {
            if (collections.stream().anyMatch(policy::concerns)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Finds everything.
     *
     * @throws ReferencedException when something that stays refers to something that goes, and its policy is to hold it, or the
     *     same transaction stores it
     */
    void find() {
        Collection<ItemKey> wave = requested;
        while (!wave.isEmpty()) {
            Set<ItemKey> next = new LinkedHashSet<>();
            Map<String, Map<TableName, List<String>>> byTable = KeysByTable.of(wave);
            for (Map.Entry<OpenLayer, List<StoredPolicy>> layer : policies.entrySet()) {
                for (Map.Entry<TableName, List<StoredPolicy>> table :
                        byTable(layer.getValue()).entrySet()) {
                    ask(layer.getKey(), table.getKey(), table.getValue(), byTable, next);
                }
            }
            wave = next;
        }
        restrictions.keySet().removeIf(this::goes);
        loosened.keySet().removeIf(this::goes);
        restrictions.entrySet().stream().findFirst().ifPresent(first -> {
            throw referenced(first.getValue(), restrictions);
        });
        stored.forEach(this::requireNoReference);
    }

    /** Refuses to store something that contradicts a deletion in the same transaction. */
    private <T> void requireNoReference(ItemChange<T> step) {
        OpenLayer layer = step.home().layer();
        for (StoredPolicy policy : policies.getOrDefault(layer, List.of())) {
            if (policy.policy() != DeletePolicy.LEAVE
                    && policy.table().equals(step.home().table())
                    && written.getOrDefault(step.key(), Set.of()).contains(policy.column())) {
                step.home().model().mapReferences(step.dataOf(), policy.path().steps(), (reference, type, rest) -> {
                    if (isItem(reference) && goes(ItemKey.of(reference, layer.layer()))) {
                        ItemKey target = ItemKey.of(reference, layer.layer());
                        throw referenced(
                                new Restriction(target, policy), Map.of(step.key(), new Restriction(target, policy)));
                    }
                    return reference;
                });
            }
        }
    }

    private static Map<TableName, List<StoredPolicy>> byTable(List<StoredPolicy> kept) {
        Map<TableName, List<StoredPolicy>> byTable = new LinkedHashMap<>();
        for (StoredPolicy policy : kept) {
            byTable.computeIfAbsent(policy.table(), any -> new ArrayList<>()).add(policy);
        }
        return byTable;
    }

    private boolean goes(ItemKey key) {
        return requested.contains(key) || cascades.containsKey(key);
    }

    private void ask(
            OpenLayer layer,
            TableName holder,
            List<StoredPolicy> ofTable,
            Map<String, Map<TableName, List<String>>> targets,
            Set<ItemKey> next) {
        TableView<Document> view = null;
        for (Map.Entry<String, Map<TableName, List<String>>> ofLayer : targets.entrySet()) {
            for (Map.Entry<TableName, List<String>> target : ofLayer.getValue().entrySet()) {
                List<StoredPolicy> relevant = ofTable.stream()
                        .filter(policy -> policy.concerns(target.getKey()))
                        .toList();
                if (relevant.isEmpty()) {
                    continue;
                }
                view = view != null ? view : referringColumns(layer, holder, ofTable);
                if (view == null) {
                    return;
                }
                boolean canGo = ofTable.stream().anyMatch(policy -> policy.policy() == DeletePolicy.CASCADE);
                for (List<String> ids : KeysByTable.chunks(layer, relevant.size(), target.getValue())) {
                    ask(layer, view, relevant, new Wave(ofLayer.getKey(), target.getKey(), ids, canGo), next);
                }
            }
        }
    }

    /** Some of what goes, of one collection. */
    private record Wave(String layer, TableName table, List<String> ids, boolean holdersCanGo) {}

    /**
     * Returns the table with the columns that hold references alone, or files that would go along; null when there is
     * none.
     */
    private @Nullable TableView<Document> referringColumns(
            OpenLayer layer, TableName table, List<StoredPolicy> ofTable) {
        TableSchema schema = layer.schema(table).orElse(null);
        if (schema == null) {
            return null;
        }
        Set<String> wanted = new HashSet<>(Set.of(TableName.ID, TableName.REVISION));
        for (StoredPolicy policy : ofTable) {
            wanted.add(policy.column());
            wanted.add(ColumnSchema.UNIQUE_PREFIX + policy.column());
        }
        // What is kept keeps its files.
        if (ofTable.stream().anyMatch(policy -> policy.policy() == DeletePolicy.CASCADE)
                && !layer.marks().keepsRows(table)) {
            FileColumns.of(pool.documents(layer, table), schema).columns().forEach(column -> wanted.add(column.name()));
        }
        List<ColumnSchema> columns = schema.columns().stream()
                .filter(column -> wanted.contains(column.name()))
                .toList();
        return new TableView<>(Models.of(Document.class), new TableSchema(table, columns, List.of()), layer.store());
    }

    private void ask(
            OpenLayer layer, TableView<Document> view, List<StoredPolicy> relevant, Wave wave, Set<ItemKey> next) {
        List<Condition> some = new ArrayList<>();
        ReferencePosition places = new ReferencePosition(view.schema());
        for (StoredPolicy policy : relevant) {
            places.at(policy.path())
                    .naming(wave.layer(), wave.table(), wave.ids())
                    .ifPresent(some::add);
        }
        if (some.isEmpty()) {
            return;
        }
        Selection selection = view.selection(List.of(), new Condition.Or(some), List.of(), OptionalLong.empty());
        Set<String> ids = new HashSet<>(wave.ids());
        CollectionHandle<Document> holders = pool.documents(layer, view.schema().table());
        try (RowCursor row = layer.select(selection)) {
            while (row.next()) {
                look(view, StoredItem.read(view, row, holders), relevant, wave, ids, next);
            }
        }
    }

    private void look(
            TableView<Document> view,
            StoredItem<Document> holder,
            List<StoredPolicy> relevant,
            Wave wave,
            Set<String> ids,
            Set<ItemKey> next) {
        ItemKey key = holder.home().key(holder.rn());
        Set<String> rewritten = written.getOrDefault(key, Set.of());
        for (StoredPolicy policy : relevant) {
            if (rewritten.contains(policy.column())) {
                continue;
            }
            ReferenceWalk.along(holder.data(), policy.path(), (reference, path) -> {
                if (names(reference, wave, key.layer(), ids)) {
                    ItemKey target = ItemKey.of(reference, key.layer());
                    hold(target, key);
                    settle(view, holder, key, policy, target, wave, next);
                }
                return reference;
            });
        }
    }

    private void hold(ItemKey target, ItemKey holder) {
        if (holders.computeIfAbsent(target, any -> new LinkedHashSet<>()).add(holder)) {
            ItemKey first = requested.iterator().next();
            pool.limit().require(requested.size() + ++held, collection(first), first.layer());
        }
    }

    private static boolean names(Rn<?> reference, Wave wave, String home, Set<String> ids) {
        return reference.form() == Rn.Form.ITEM
                && ids.contains(reference.id().orElseThrow())
                && reference.layer().orElse(home).equals(wave.layer())
                && reference.namespace().equals(wave.table().namespace())
                && reference.kind().equals(wave.table().kind());
    }

    private void settle(
            TableView<Document> view,
            StoredItem<Document> holder,
            ItemKey key,
            StoredPolicy policy,
            ItemKey target,
            Wave wave,
            Set<ItemKey> next) {
        if (written.containsKey(key)) {
            // It cannot be stored and deleted, nor stored twice, in one transaction.
            restrictions.putIfAbsent(key, new Restriction(target, policy));
            return;
        }
        switch (policy.policy()) {
            case CASCADE -> {
                if (!goes(key)) {
                    OptionalLong revision =
                            view.isRevised() ? OptionalLong.of(holder.revision()) : OptionalLong.empty();
                    cascades.put(key, new Effect(key, new Mutation.Delete(key.table(), key.id(), revision)));
                    view.model().eachFile(holder.data(), (file, declared) -> files.add(file.rn(), Optional.empty()));
                    next.add(key);
                }
            }
            case SET_NULL -> {
                Nullification loosening = loosened.computeIfAbsent(key, any -> new Nullification(view, holder));
                loosening.letGo(policy.path(), key.layer(), target);
            }
            case RESTRICT -> {
                if (!goes(key)) {
                    restrictions.putIfAbsent(key, new Restriction(target, policy));
                    if (!wave.holdersCanGo() && restrictions.size() >= NAMED) {
                        // None of these can go along any more, so there is nothing to wait for.
                        refuseEarly(key.table());
                    }
                }
            }
            case LEAVE -> {}
        }
    }

    private static boolean isItem(Rn<?> reference) {
        return reference.form() == Rn.Form.ITEM;
    }

    private void refuseEarly(TableName table) {
        Map<ItemKey, Restriction> certain = new LinkedHashMap<>();
        restrictions.forEach((key, restriction) -> {
            if (key.table().equals(table)) {
                certain.put(key, restriction);
            }
        });
        if (certain.size() >= NAMED) {
            throw referenced(certain.values().iterator().next(), certain);
        }
    }

    private ReferencedException referenced(Restriction first, Map<ItemKey, Restriction> all) {
        List<Rn<?>> named = new ArrayList<>();
        all.keySet().stream().limit(NAMED).forEach(key -> named.add(rn(key)));
        Rn<?> target = rn(first.target());
        String along = requested.contains(first.target()) ? "" : ", which would have been deleted along,";
        return new ReferencedException(
                target + along + " cannot be deleted from the layer \""
                        + first.target().layer() + "\": " + named.get(0) + " in the layer \""
                        + all.keySet().iterator().next().layer() + "\" refers to it in the field "
                        + first.policy().path() + ", whose policy is "
                        + first.policy().policy()
                        + (written.containsKey(all.keySet().iterator().next())
                                ? ", and the same transaction stores it"
                                : "")
                        + (named.size() > 1 ? "; so do others, among them " + named.subList(1, named.size()) : "")
                        + ". Nothing was deleted; delete those first, change their references, or delete all in one"
                        + " transaction",
                target,
                named,
                first.policy().path().toString());
    }

    private Rn<?> collection(ItemKey key) {
        return pool.layers().collection(pool.layers().layer(key.layer()), key.table());
    }

    private Rn<?> rn(ItemKey key) {
        return collection(key).item(key.id());
    }

    /** Returns all changes to referring items, by key. */
    Map<ItemKey, Effect> effects() {
        Map<ItemKey, Effect> effects = new LinkedHashMap<>();
        loosened.forEach((key, loosening) -> effects.put(key, new Effect(key, loosening.mutation(key))));
        effects.putAll(cascades);
        return effects;
    }

    /** Returns the referring items that have to be deleted or changed before an item is deleted. */
    Set<ItemKey> holders(ItemKey target) {
        return holders.getOrDefault(target, Set.of());
    }

    /** Hands over the files that what goes along names, once. */
    void release(FileReleases releases) {
        files.drain(some -> some.keySet().forEach(releases::add));
    }

    @Override
    public void close() {
        files.close();
    }

    /** Returns how many items are deleted along with it, by collection. */
    Map<Rn<?>, Long> cascaded() {
        Map<Rn<?>, Long> counts = new LinkedHashMap<>();
        cascades.keySet().forEach(key -> counts.merge(collection(key), 1L, Long::sum));
        return counts;
    }

    /**
     * Returns the guards by which the layer itself checks, as far as it can, that nothing there refers to deleted
     * items.
     */
    List<Mutation> guards(OpenLayer layer, Collection<ItemKey> gone) {
        return ReferenceGuards.of(layer, policies.getOrDefault(layer, List.of()), gone);
    }
}
