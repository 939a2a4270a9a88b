package dev.korm.engine.write;

import dev.korm.AlreadyExistsException;
import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.QueryException;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileChanges;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ColumnReplacement;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemDeletion;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.key.CrossKeyUniqueness;
import dev.korm.engine.layer.ChangedAgain;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.DeleteRun;
import dev.korm.model.Model;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
    private final List<ItemChange<?>> requested = new ArrayList<>();
    private final Map<ItemKey, ItemChange<?>> steps = new LinkedHashMap<>();
    private RequiredLocks locks = RequiredLocks.NONE;

    /** What is written, where that are several steps of one item; else the steps themselves. */
    private final List<ItemChange<?>> log;

    private final List<ItemChange.Held<?>> held;
    private Map<Rn<?>, Long> cascaded = Map.of();

    ChangeSet(PoolContext pool) {
        this(pool, List.of(), List.of(), List.of());
    }

    /** See {@link ChangeSets#persist}. */
    ChangeSet(
            PoolContext pool,
            List<ItemChange<?>> log,
            Collection<? extends ItemChange<?>> net,
            List<ItemChange.Held<?>> held) {
        this.pool = pool;
        this.log = log;
        this.held = held;
        net.forEach(step -> steps.put(step.key(), step));
    }

    /** Returns the steps, those that were asked for behind what their references carry. */
    List<ItemChange<?>> steps() {
        return List.copyOf(steps.values());
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
        throw new ConfigurationException(
                "A change is made by fromData, set, update, patch or deletion() of one of korm's items, not a "
                        + change.getClass().getName());
    }

    /** Holds all of it to locks. */
    ChangeSet fencedBy(RequiredLocks required) {
        locks = required;
        return this;
    }

    /** Adds an item that was deleted. */
    <T> ChangeSet restore(StoredItem<T> item, OtherColumns others) {
        long revision = pool.environment().revisions().nextAfter(item.revision());
        return request(new ItemChange.Insert<>(
                item.home(), item.rn(), item.data(), revision, ColumnReplacement.REFUSED, others));
    }

    private <T> ItemChange<T> insert(NewItem<T> item, ColumnReplacement replacement) {
        references(item.home(), item.data());
        long revision = pool.environment().revisions().next();
        return new ItemChange.Insert<>(item.home(), item.rn(), item.data(), revision, replacement, null);
    }

    private <T> ItemChange<T> modify(ChangedItem<T> item, ColumnReplacement replacement) {
        references(item.home(), item.data());
        boolean replace = replacement == ColumnReplacement.ALLOWED || item.replacement() == ColumnReplacement.ALLOWED;
        return new ItemChange.Modify<>(item, replace ? ColumnReplacement.ALLOWED : ColumnReplacement.REFUSED);
    }

    private static <T> ItemChange<T> remove(StoredItem<T> item) {
        return new ItemChange.Remove<>(item);
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
        references(stored.home(), stored.data());
    }

    private ChangeSet request(ItemChange<?> step) {
        requested.add(step);
        put(step);
        return this;
    }

    private void put(ItemChange<?> step) {
        if (!step.home().pool().equals(pool)) {
            throw new ConfigurationException("A transaction belongs to one pool; " + step.rn() + " is of another");
        }
        ItemChange<?> earlier = steps.get(step.key());
        if (earlier == null || earlier.yieldsTo(step)) {
            steps.put(step.key(), step);
        } else if (!step.yieldsTo(earlier) && !earlier.isSame(step)) {
            throw new QueryException(
                    step.rn() + " is changed twice in one transaction, in different ways. Make both changes"
                            + " on one item, one after the other");
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
        Map<OpenLayer, List<ItemChange<?>>> writing = writing();
        locks.require(pool.layers(), writing.keySet());
        if (writing.size() > 1) {
            pool.commits().requireAble(writing.keySet());
        }
        OpenLayer layer = writing.isEmpty() ? null : AtomicCommits.coordinator(List.copyOf(writing.keySet()));
        Optional<String> id = pool.commits().newId();
        try (FileChanges files = new FileChanges(pool.depots(), pool.layers(), layer, steps.values(), id)) {
            files.stage();
            try {
                store(writing, files, id);
            } catch (RuntimeException | Error failed) {
                files.failed(failed);
                throw failed;
            }
            files.stored();
            id.ifPresent(pool.commits()::end);
            List<Item<?>> settled = settled(layer, files);
            files.release();
            return settled;
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
            AcrossLayers across = new AcrossLayers(pool, writing, steps.values(), files, locks, id.orElseThrow());
            AtomicCommits.Result result = across.apply();
            cascaded = across.cascaded();
            requireStored(result.layer(), writing, result.result());
        } else {
            for (OpenLayer layer : writing.keySet()) {
                requireStored(layer, writing, apply(layer, writing.get(layer), files, id));
            }
        }
    }

    private static void requireStored(
            @Nullable OpenLayer layer, Map<OpenLayer, List<ItemChange<?>>> writing, BatchResult result) {
        if (layer != null && !result.isStored() && result instanceof BatchResult.Refused refused) {
            List<ItemChange<?>> asked = Objects.requireNonNull(writing.get(layer));
            throw refused.mutation() == BatchResult.Refused.MARKER
                    ? forbidden(layer, asked.get(0))
                    : refusal(asked.get(refused.mutation()), refused.refusal());
        }
    }

    private List<Item<?>> settled(@Nullable OpenLayer layer, FileChanges files) {
        Settled settled = new Settled(steps, files);
        List<Item<?>> items = new ArrayList<>(requested.size());
        for (ItemChange<?> step : requested) {
            items.add(layer == null ? reloaded(step) : settled.item(step));
        }
        return items;
    }

    private static <T> Item<T> reloaded(ItemChange<T> step) {
        return ItemReader.get(step.home(), step.rn());
    }

    /** Returns the changes that write anything, by the layer that they write to. */
    private Map<OpenLayer, List<ItemChange<?>>> writing() {
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
        List<Mutation> mutations = new ArrayList<>();
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
        return writing.stream()
                .filter(step -> !(step instanceof ItemChange.Held<?>))
                .toList();
    }

    /** Returns the changes that leave an item in a layer. */
    static List<ItemChange<?>> stored(OpenLayer layer, Collection<ItemChange<?>> net) {
        return net.stream()
                .filter(step ->
                        step.writes() && !step.removes() && step.home().layer().equals(layer))
                .toList();
    }

    /** Returns the items that some changes delete. */
    static Set<ItemKey> deleted(List<ItemChange<?>> writing) {
        Set<ItemKey> deleted = new LinkedHashSet<>();
        for (ItemChange<?> step : writing) {
            if (step.removes()) {
                deleted.add(step.key());
            }
        }
        return deleted;
    }

    /** Returns how many items were deleted along with others, by collection. */
    Map<Rn<?>, Long> cascaded() {
        return cascaded;
    }

    private static StoreException forbidden(OpenLayer layer, ItemChange<?> first) {
        return new StoreException(
                layer.layer(),
                first.rn() + " was not stored in the layer \"" + layer.layer()
                        + "\", and nothing else of its change: it was taken for one that was cut off, and forbidden."
                        + " Make the change anew",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    private static <T> RuntimeException refusal(ItemChange<T> step, Refusal refusal) {
        Rn<T> rn = step.rn();
        if (refusal instanceof Refusal.Exists) {
            return new AlreadyExistsException(
                    rn
                            + " was not created, since an item with this id exists. Update that one, or let korm choose an id",
                    rn);
        }
        if (refusal instanceof Refusal.Missing) {
            return missing(step);
        }
        if (refusal instanceof Refusal.UniqueViolation taken) {
            List<String> fields = step.view().fieldsOf(taken.index());
            Optional<Rn<?>> holder = Optional.of(step.home().collection().item(taken.holder()));
            return new DuplicateException(
                    rn + " was not stored, since " + holder.get() + " holds the same value of "
                            + String.join(" and ", fields) + ", which must be unique",
                    fields,
                    holder);
        }
        if (step instanceof ItemChange.Held<T> read) {
            return changedSinceRead(read);
        }
        return ItemReader.find(step.home(), rn)
                .<RuntimeException>map(theirs -> new ConflictException(
                        rn + " was changed since it was read (revision " + step.revisionRead() + ", now "
                                + theirs.revision()
                                + "). Nothing was written; look at theirs(), apply the change to it and commit again",
                        rn,
                        step.dataOf(),
                        theirs))
                .orElseGet(() -> missing(step));
    }

    private static <T> RuntimeException changedSinceRead(ItemChange.Held<T> read) {
        Rn<T> rn = read.rn();
        return ItemReader.find(read.home(), rn)
                .<RuntimeException>map(theirs -> new ConflictException(
                        rn
                                + (read.isAbsent()
                                        ? " was created by others"
                                        : " was changed by others (revision " + read.revisionRead() + ", now "
                                                + theirs.revision() + ")")
                                + " after the transaction had read it. Nothing was written; run the transaction again",
                        rn,
                        read.mine(),
                        theirs))
                .orElseGet(() -> missing(read));
    }

    private static NotFoundException missing(ItemChange<?> step) {
        return new NotFoundException(
                step.rn() + " is not in the layer \"" + step.home().layer().layer()
                        + "\" any more; it was deleted since it was read. To keep the data, create it anew",
                step.rn());
    }

    /** The carrier of the changes or items of a change set, as they are after everything was stored. */
    private static final class Settled implements ItemChange.Settled {
        private final Map<ItemKey, ItemChange<?>> steps;
        private final FileChanges files;

        Settled(Map<ItemKey, ItemChange<?>> steps, FileChanges files) {
            this.steps = steps;
            this.files = files;
        }

        @SuppressWarnings("unchecked") // Steps are kept under the identity of their item.
        <T> StoredItem<T> item(ItemChange<T> step) {
            ItemChange<T> kept = (ItemChange<T>) steps.getOrDefault(step.key(), step);
            return kept.equals(step) ? step.stored(this) : stored(kept, step.dataOf());
        }

        /**
         * Returns the item of a step as it is in a place whose data may lack the change: with the change, and the
         * references of the place.
         */
        private <T> StoredItem<T> stored(ItemChange<T> step, T placed) {
            Model<T> model = step.home().model();
            return step.stored(
                    this, model.sameData(step.dataOf(), placed) ? placed : carryingAs(model, step.dataOf(), placed));
        }

        /**
         * Returns the data with its references carrying what those of a place do, and nothing else: each place leads on
         * to its own end.
         */
        private static <T> T carryingAs(Model<T> model, T data, T placed) {
            Map<String, Rn<?>> carried = new HashMap<>();
            model.mapAllReferences(placed, rn -> {
                if (rn.carried().isPresent()) {
                    carried.put(rn.toString(), rn);
                }
                return rn;
            });
            return model.mapAllReferences(data, rn -> carried.getOrDefault(rn.toString(), rn.unresolved()));
        }

        /**
         * Returns the data with every carried change replaced by the item that it became, and every new file by the
         * stored one.
         */
        @Override
        public <T> T data(CollectionHandle<T> home, T data) {
            T carrying = home.model().mapAllReferences(data, rn -> rn.carried()
                    .<Rn<?>>map(carried -> carrying(rn, carried))
                    .orElse(rn));
            return home.model().mapAllFiles(carrying, files::settled);
        }

        @SuppressWarnings("unchecked") // What a reference carries has the type that it names.
        private <T> Rn<T> carrying(Rn<T> rn, Referenced<?> carried) {
            Referenced<T> now = (Referenced<T>) settle(carried);
            return now == carried ? rn : rn.carrying(now);
        }

        private Referenced<?> settle(Referenced<?> carried) {
            if (carried instanceof ChangedItem<?> changed) {
                return changed(changed);
            }
            return carried instanceof StoredItem<?> stored ? settled(stored) : carried;
        }

        @SuppressWarnings("unchecked") // Steps are kept under the identity of their item.
        private <T> StoredItem<T> changed(ChangedItem<T> item) {
            ItemChange<T> step = (ItemChange<T>) steps.get(item.home().key(item.rn()));
            return step == null ? item.before() : stored(step, item.data());
        }

        private <T> StoredItem<T> settled(StoredItem<T> item) {
            return item.with(data(item.home(), item.data()));
        }
    }
}
