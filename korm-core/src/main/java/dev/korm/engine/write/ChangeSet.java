package dev.korm.engine.write;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreReadOnlyException;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileChanges;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ColumnReplacement;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemDeletion;
import dev.korm.engine.item.ItemRestoration;
import dev.korm.engine.item.MovingItem;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.key.CrossKeyUniqueness;
import dev.korm.engine.layer.ChangedAgain;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.read.DeletedRows;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.DeleteRun;
import dev.korm.engine.relocate.MovingCollection;
import dev.korm.engine.relocate.PlannedMoves;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes that happen together: those that were asked for, and before each of them the changes of the items that its
 * references carry. Each item is in it once. Used by one thread, persisted once.
 */
final class ChangeSet {
    private final PoolContext pool;
    /** Most are of one item. */
    private final List<ItemChange<?>> requested = new ArrayList<>(1);

    private final Map<ItemKey, ItemChange<?>> steps;
    private List<FileStep> alone = List.of();
    private RequiredLocks locks = RequiredLocks.NONE;

    /** What is written, where that are several steps of one item; else the steps themselves. */
    private final List<ItemChange<?>> log;

    private final List<ItemChange.Held<?>> held;
    private final PlannedMoves moves;
    private Map<Rn<?>, Long> cascaded = Map.of();

    ChangeSet(PoolContext pool) {
        this(pool, List.of(), new LinkedHashMap<>(), List.of(), new PlannedMoves(pool));
    }

    /** See {@link ChangeSets#persist}. */
    ChangeSet(
            PoolContext pool,
            List<ItemChange<?>> log,
            Map<ItemKey, ItemChange<?>> net,
            List<ItemChange.Held<?>> held,
            PlannedMoves moves) {
        this.pool = pool;
        this.log = log;
        this.held = held;
        this.moves = moves;
        // With moves, steps are put in place of others, which are still those of the transaction where this fails.
        this.steps = moves.isEmpty() ? net : new LinkedHashMap<>(net);
    }

    /** Returns the steps of a change: those of the items that its references carry, then its own. */
    static List<ItemChange<?>> steps(Change<?> change) {
        if (change instanceof NewItem<?> item && carriesNothing(item)) {
            return List.of(inserted(item, ColumnReplacement.REFUSED));
        }
        if (change instanceof ChangedItem<?> item && carriesNothing(item)) {
            return List.of(modified(item, ColumnReplacement.REFUSED));
        }
        return List.copyOf(
                new ChangeSet(ChangeSets.poolOf(change)).add(change).steps.values());
    }

    private static <T> boolean carriesNothing(NewItem<T> item) {
        return item.home().model().mapAllReferences(item.data(), Rn::unresolved) == item.data();
    }

    private static <T> boolean carriesNothing(ChangedItem<T> item) {
        return item.home().model().mapAllReferences(item.data(), Rn::unresolved) == item.data();
    }

    ChangeSet add(Change<?> change) {
        return add(change, ColumnReplacement.REFUSED);
    }

    /** Adds a change, with the right to replace columns in its table where it does not have it by itself. */
    ChangeSet add(Change<?> change, ColumnReplacement replacement) {
        if (change instanceof NewItem<?> item) {
            return request(insert(item, replacement));
        }
        if (change instanceof ChangedItem<?> item) {
            return request(modify(item, replacement));
        }
        if (change instanceof ItemDeletion<?> deletion) {
            return request(remove(deletion.stored()));
        }
        if (change instanceof FileStep file) {
            requireOfPool(file.pool(), file.rn());
            if (alone.isEmpty()) {
                alone = new ArrayList<>();
            }
            alone.add(file);
            return this;
        }
        if (change instanceof MovingItem<?> move) {
            requireOfPool(move.stored().home().pool().base(), move.rn());
            List<ItemChange<?>> both = moves.add(move);
            put(both.get(0));
            return request(both.get(1));
        }
        if (change instanceof MovingCollection<?> move) {
            requireOfPool(move.source().pool().base(), move.rn());
            moves.add(move).forEach(this::put);
            return this;
        }
        if (change instanceof ItemRestoration<?> restoration) {
            return request(new ItemChange.Restore<>(restoration.stored()));
        }
        throw new ConfigurationException(
                "A change is made by fromData, set, update, patch, deletion(), restoration() or moveTo of one of korm's items, not a "
                        + change.getClass().getName());
    }

    /** Holds all of it to locks. */
    ChangeSet fencedBy(RequiredLocks required) {
        locks = required;
        return this;
    }

    /** Adds an item that was deleted. */
    <T> ChangeSet restore(StoredItem<T> item, OtherColumns others) {
        Optional<StoredItem<T>> kept = DeletedRows.find(item.home(), item.rn());
        if (kept.isPresent() && kept.get().revision() == item.revision() + 1) {
            return request(new ItemChange.Restore<>(kept.get()));
        }
        long revision = pool.environment().revisions().nextAfter(item.revision());
        return request(new ItemChange.Insert<>(
                item.home(), item.rn(), item.data(), revision, ColumnReplacement.REFUSED, others));
    }

    private <T> ItemChange<T> insert(NewItem<T> item, ColumnReplacement replacement) {
        references(item.home(), item.data());
        return inserted(item, replacement);
    }

    private static <T> ItemChange<T> inserted(NewItem<T> item, ColumnReplacement replacement) {
        boolean first = item.home().model().existing().isPresent();
        long revision = first ? 1 : item.home().pool().environment().revisions().next();
        return new ItemChange.Insert<>(item.home(), item.rn(), item.data(), revision, replacement, null);
    }

    private <T> ItemChange<T> modify(ChangedItem<T> item, ColumnReplacement replacement) {
        ItemChange<T> step = modified(item, replacement);
        references(item.home(), item.data());
        return step;
    }

    private static <T> ItemChange<T> modified(ChangedItem<T> item, ColumnReplacement replacement) {
        requireNotDeleted(item.before());
        requireKept(item.before());
        boolean replace = replacement == ColumnReplacement.ALLOWED || item.replacement() == ColumnReplacement.ALLOWED;
        return new ItemChange.Modify<>(item, replace ? ColumnReplacement.ALLOWED : ColumnReplacement.REFUSED);
    }

    private static <T> ItemChange<T> remove(StoredItem<T> item) {
        requireNotDeleted(item);
        requireKept(item);
        return new ItemChange.Remove<>(item);
    }

    /** Checks that an item is not of a transaction that came to nothing: others may have given its revision to other content since. */
    private static void requireKept(StoredItem<?> item) {
        item.home().pool().items().requireKept(item);
    }

    private static void requireNotDeleted(StoredItem<?> item) {
        if (item.isDeleted()) {
            throw new NotFoundException(
                    item.rn() + " cannot be changed, since it is deleted and only its row is kept in the layer \""
                            + item.home().layer().layer() + "\". Restore it first, by Items.restore(…)",
                    item.rn());
        }
    }

    /** Adds the changes that references in the data carry. */
    private <T> void references(CollectionHandle<T> home, T data) {
        home.model().mapAllReferences(data, rn -> {
            rn.carried().ifPresent(carried -> {
                if (carried instanceof ChangedItem<?> changed) {
                    put(modify(changed, ColumnReplacement.REFUSED));
                } else if (carried instanceof StoredItem<?> stored) {
                    references(stored);
                }
            });
            return rn;
        });
    }

    private <T> void references(StoredItem<T> stored) {
        if (stored.isReadable()) {
            references(stored.home(), stored.data());
        }
    }

    private ChangeSet request(ItemChange<?> step) {
        requested.add(step);
        put(step);
        return this;
    }

    private void put(ItemChange<?> step) {
        requireOfPool(step.home().pool(), step.rn());
        ItemChange<?> earlier = steps.get(step.key());
        if (earlier == null || earlier.yieldsTo(step)) {
            steps.put(step.key(), step);
        } else if (!step.yieldsTo(earlier) && !earlier.isSame(step)) {
            throw new QueryException(
                    step.rn() + " is changed twice in one transaction, in different ways. Make both changes"
                            + " on one item, one after the other");
        }
    }

    private void requireOfPool(PoolContext other, Rn<?> rn) {
        if (!other.equals(pool)) {
            throw new ConfigurationException("A transaction belongs to one pool; " + rn + " is of another");
        }
    }

    /** Stores everything and answers the items that were asked for, in their order. */
    List<Item<?>> persist() {
        try {
            return pool.origins().asOne(this::persistAll);
        } catch (ConflictException conflict) {
            pool.events().conflict(conflict);
            pool.events().tell();
            throw conflict;
        }
    }

    private List<Item<?>> persistAll() {
        if (!moves.isEmpty()) {
            nameNewPlaces();
        }
        Map<OpenLayer, List<ItemChange<?>>> writing = writing();
        if (writing.size() > 1) {
            pool.commits().requireAble(writing.keySet());
        }
        OpenLayer layer = writing.isEmpty() ? layerOfFiles() : AtomicCommits.coordinator(List.copyOf(writing.keySet()));
        locks.require(pool.layers(), writing.isEmpty() && layer != null ? Set.of(layer) : writing.keySet());
        Optional<String> id = pool.commits().newId();
        try (FileChanges files = new FileChanges(pool.depots(), pool.layers(), layer, steps.values(), alone, id)) {
            files.stage();
            try {
                pool.origins().with(files.versions(), () -> {
                    store(writing, files, id);
                    return files;
                });
            } catch (RuntimeException | Error failed) {
                files.failed(failed);
                throw failed;
            }
            files.stored();
            id.ifPresent(pool.commits()::end);
            List<Item<?>> settled = settled(writing, files);
            files.release();
            return settled;
        }
    }

    /** Has what is stored name what is moved in its new place. */
    private void nameNewPlaces() {
        for (ItemChange<?> step : List.copyOf(steps.values())) {
            ItemChange<?> renamed = step.removes()
                    ? step
                    : step.renaming(
                            rn -> moves.places().renamed(step.home().layer().layer(), rn));
            if (renamed != step) {
                steps.put(step.key(), renamed);
                requested.replaceAll(each -> each == step ? renamed : each);
            }
        }
    }

    private void store(Map<OpenLayer, List<ItemChange<?>>> writing, FileChanges files, Optional<String> id) {
        try {
            apply(writing, files, id);
        } catch (SchemaMovedException moved) {
            steps.values()
                    .forEach(step -> step.home().layer().forget(step.home().table()));
            ChangedAgain.attempt(layerOf(moved.table(), writing), () -> {
                apply(writing, files, id);
                return writing;
            });
        }
    }

    private static OpenLayer layerOf(TableName table, Map<OpenLayer, List<ItemChange<?>>> writing) {
        return writing.entrySet().stream()
                .filter(each -> each.getValue().stream()
                        .anyMatch(step -> step.home().table().equals(table)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> writing.keySet().iterator().next());
    }

    private void apply(Map<OpenLayer, List<ItemChange<?>>> writing, FileChanges files, Optional<String> id) {
        if (writing.size() > 1) {
            AcrossLayers across =
                    new AcrossLayers(pool, writing, steps.values(), files, locks, moves, id.orElseThrow());
            AtomicCommits.Result result = across.apply();
            cascaded = across.cascaded();
            requireStored(result.layer(), writing, result.result());
        } else {
            if (writing.isEmpty()) {
                applyFilesAlone(files);
            }
            for (OpenLayer layer : writing.keySet()) {
                requireStored(layer, writing, apply(layer, writing.get(layer), files, id));
            }
        }
    }

    /** Has the marker of a change decide that writes no item. */
    private void applyFilesAlone(FileChanges files) {
        OpenLayer layer = layerOfFiles();
        if (layer != null) {
            BatchResult result = files.apply(new Batch(locks.in(layer.layer()), files.marker()));
            if (!result.isStored()) {
                throw StepRefusals.forbidden(layer, alone.get(0).rn());
            }
        }
    }

    /** Returns the layer whose marker decides about files where no item is written; null where there are none. */
    private @Nullable OpenLayer layerOfFiles() {
        if (alone.isEmpty()) {
            return null;
        }
        return pool.layers().all().stream()
                .filter(layer -> layer.store().capabilities().access() == Capabilities.Access.READ_WRITE)
                .max(Comparator.comparing(
                                (OpenLayer layer) -> locks.in(layer.layer()).size())
                        .thenComparing(layer -> layer.store().capabilities().has(Capabilities.Feature.DURABLE)))
                .orElseThrow(() -> new StoreReadOnlyException(
                        pool.layers().names().get(0),
                        alone.get(0).rn()
                                + " was not changed: a change of files is decided in a layer of the pool, and all of them"
                                + " are read only. Open one of them for writing, or change the file by itself, by pool.files()",
                        StoreException.Outcome.NOT_APPLIED,
                        null));
    }

    private static void requireStored(
            @Nullable OpenLayer layer, Map<OpenLayer, List<ItemChange<?>>> writing, BatchResult result) {
        if (layer != null && !result.isStored() && result instanceof BatchResult.Refused refused) {
            List<ItemChange<?>> asked = Objects.requireNonNull(writing.get(layer));
            throw refused.mutation() == BatchResult.Refused.MARKER
                    ? StepRefusals.forbidden(layer, asked.get(0).rn())
                    : StepRefusals.of(asked.get(refused.mutation()), refused.refusal());
        }
    }

    private List<Item<?>> settled(Map<OpenLayer, List<ItemChange<?>>> writing, FileChanges files) {
        SettledSteps settled = new SettledSteps(steps, files);
        List<Item<?>> items = new ArrayList<>(requested.size());
        for (ItemChange<?> step : requested) {
            items.add(writing.isEmpty() ? reloaded(step) : settled.item(step));
        }
        return items;
    }

    private static <T> Item<T> reloaded(ItemChange<T> step) {
        return ItemReader.get(step.home(), step.rn());
    }

    /** Returns the changes that write anything, by the layer that they write to. */
    private Map<OpenLayer, List<ItemChange<?>>> writing() {
        if (steps.size() == 1 && log.isEmpty() && held.isEmpty()) {
            ItemChange<?> only = steps.values().iterator().next();
            return only.writes() ? Map.of(only.home().layer(), List.of(only)) : Map.of();
        }
        Map<OpenLayer, List<ItemChange<?>>> writing = new LinkedHashMap<>();
        held.forEach(step -> add(writing, step));
        for (ItemChange<?> step : log.isEmpty() ? steps.values() : log) {
            if (step.writes()) {
                add(writing, step);
            }
        }
        return writing;
    }

    private static void add(Map<OpenLayer, List<ItemChange<?>>> writing, ItemChange<?> step) {
        writing.computeIfAbsent(step.home().layer(), any -> new ArrayList<>()).add(step);
    }

    private BatchResult apply(OpenLayer layer, List<ItemChange<?>> writing, FileChanges files, Optional<String> id) {
        List<Mutation> mutations = new ArrayList<>(writing.size());
        writing.forEach(step -> mutations.add(step.mutation()));
        mutations.addAll(locks.in(layer.layer()));
        return new CrossKeyUniqueness(layer, withoutHeld(writing))
                .apply(new Batch(mutations, files.marker()), batch -> apply(layer, writing, batch, files, id));
    }

    private BatchResult apply(
            OpenLayer layer, List<ItemChange<?>> writing, Batch batch, FileChanges files, Optional<String> id) {
        Set<ItemKey> deleted = deleted(writing);
        if (deleted.isEmpty()) {
            return files.apply(batch);
        }
        List<ItemChange<?>> stored = stored(layer, steps.values());
        DeleteRun.Outcome outcome = new DeleteRun(
                        pool, layer, files.releases(), files::apply, AcrossLayers.applying(pool, files, id))
                .run(deleted, stored, batch);
        cascaded = outcome.cascaded();
        return outcome.result();
    }

    /** Returns those of some changes that change something. */
    static List<ItemChange<?>> withoutHeld(List<ItemChange<?>> writing) {
        if (writing.size() == 1 && !(writing.get(0) instanceof ItemChange.Held<?>)) {
            return writing;
        }
        return writing.stream()
                .filter(step -> !(step instanceof ItemChange.Held<?>))
                .toList();
    }

    /** Returns the changes that leave an item in a layer. */
    static List<ItemChange<?>> stored(OpenLayer layer, Collection<ItemChange<?>> net) {
        List<ItemChange<?>> stored = List.of();
        for (ItemChange<?> step : net) {
            if (step.writes() && !step.deletes() && step.home().layer().equals(layer)) {
                if (stored.isEmpty()) {
                    stored = new ArrayList<>();
                }
                stored.add(step);
            }
        }
        return stored;
    }

    /** Returns the items that some changes delete. */
    static Set<ItemKey> deleted(List<ItemChange<?>> writing) {
        if (writing.size() == 1) {
            ItemChange<?> only = writing.get(0);
            return only.deletes() ? Set.of(only.key()) : Set.of();
        }
        Set<ItemKey> deleted = Set.of();
        for (ItemChange<?> step : writing) {
            if (step.deletes()) {
                if (deleted.isEmpty()) {
                    deleted = new LinkedHashSet<>();
                }
                deleted.add(step.key());
            }
        }
        return deleted;
    }

    /** Returns how many items were deleted along with others, by collection. */
    Map<Rn<?>, Long> cascaded() {
        return cascaded;
    }
}
