package dev.korm.engine.transaction;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.QueryException;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemStore;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.RemovedItem;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.DeletionEffects;
import dev.korm.engine.write.ChangeSets;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the items of a transaction are asked to store, and reads items as the transaction sees them. When it has ended, its items are
 * those of the pool. Used as {@link OpenTransaction} says.
 */
final class TransactionItems implements ItemStore {
    private final OpenTransaction transaction;
    private final PendingChanges changes;
    private final ReadItems reads;
    private final ItemStore afterwards = new ChangeSets();

    TransactionItems(OpenTransaction transaction, PendingChanges changes, ReadItems reads) {
        this.transaction = transaction;
        this.changes = changes;
        this.reads = reads;
    }

    @Override
    @SuppressWarnings("unchecked") // The last step of a change is of its own item.
    public <T> Item<T> store(Change<T> change) {
        if (!transaction.isRunning()) {
            return afterwards.store(change);
        }
        if (!ChangeSets.poolOf(change).equals(transaction.view().base())) {
            throw new ConfigurationException("A transaction belongs to one pool; " + change.rn() + " is of another");
        }
        List<ItemChange<?>> steps = ChangeSets.steps(change);
        ItemChange<T> own = (ItemChange<T>) steps.get(steps.size() - 1);
        List<ItemChange<?>> writing = steps.stream().filter(ItemChange::writes).toList();
        boolean outside = !ChangeSets.viewOf(change).equals(transaction.view());
        if (own.removes()) {
            remove(own, outside);
            return own.stored(ItemChange.Settled.AS_IT_IS).in(seen(own.home()));
        }
        changes.add(writing, outside);
        return own.writes() ? settled(own, own.dataOf()) : reload(seen(own.home()), own.rn());
    }

    /** Deletes an item, with what its deletion does to others; answers that. */
    private Map<ItemKey, Mutation> remove(ItemChange<?> removal, boolean outside) {
        Map<ItemKey, Mutation> effects = effects(removal.key());
        changes.add(List.of(removal), outside);
        effects.forEach((key, effect) ->
                changes.addAlong(transaction.view().base().layers().layer(key.layer()), key, effect));
        return effects;
    }

    private Map<ItemKey, Mutation> effects(ItemKey deleted) {
        List<ItemChange<?>> stored = new ArrayList<>();
        changes.net().forEach(step -> {
            if (!step.removes()) {
                stored.add(step);
            }
        });
        return DeletionEffects.of(transaction.view(), deleted, stored);
    }

    @Override
    public <T> DeletedItem<T> delete(StoredItem<T> item) {
        if (!transaction.isRunning()) {
            return afterwards.delete(item);
        }
        boolean pending = changes.of(item.home().key(item.rn())) != null;
        CollectionHandle<T> home = item.home().base();
        OtherColumns others = OtherColumns.of(pending ? item.in(seen(home)) : item.in(home));
        List<ItemChange<?>> steps = ChangeSets.steps(item.deletion());
        requireSamePool(item);
        boolean outside = !item.home().pool().equals(transaction.view());
        Map<Rn<?>, Long> cascaded = new LinkedHashMap<>();
        remove(steps.get(steps.size() - 1), outside).forEach((key, effect) -> {
            if (effect instanceof Mutation.Delete) {
                cascaded.merge(
                        home.pool().layers().collection(home.pool().layers().layer(key.layer()), key.table()),
                        1L,
                        Long::sum);
            }
        });
        return new RemovedItem<>(item.in(seen(home)), others, cascaded);
    }

    private void requireSamePool(StoredItem<?> item) {
        if (!item.home().pool().base().equals(transaction.view().base())) {
            throw new ConfigurationException("A transaction belongs to one pool; " + item.rn() + " is of another");
        }
    }

    @Override
    public <T> Item<T> restore(StoredItem<T> item, OtherColumns others) {
        if (!transaction.isRunning()) {
            return afterwards.restore(item, others);
        }
        throw new QueryException(
                item.rn() + " cannot be restored in the transaction that deletes it. Throw an exception out of"
                        + " the transaction to write nothing of it, or restore the item behind its end");
    }

    @Override
    public <T> Item<T> reload(CollectionHandle<T> home, Rn<T> rn) {
        return transaction.isRunning()
                ? find(home, rn).orElseThrow(() -> ItemReader.missing(home, rn))
                : ItemReader.get(home.base(), rn);
    }

    @Override
    public <T> Optional<StoredItem<T>> find(CollectionHandle<T> home, Rn<T> rn) {
        transaction.requireRunning();
        ItemKey key = home.key(rn);
        ItemChange<?> pending = changes.of(key);
        if (pending != null && pending.home().model().equals(home.model())) {
            return pending.removes() ? Optional.empty() : Optional.of(read(home, pending));
        }
        if (pending != null || changes.isAlong(key)) {
            return ItemReader.find(home, rn);
        }
        Optional<StoredItem<T>> found = ItemReader.find(home.base(), rn);
        note(home, rn, found);
        return found.map(item -> item.in(home));
    }

    private <T> void note(CollectionHandle<T> home, Rn<T> rn, Optional<StoredItem<T>> found) {
        Optional<KormException> changed = reads.note(home.base(), rn, found);
        if (changed.isPresent()) {
            throw transaction.overtaken(changed.get());
        }
    }

    /** Returns a pending item as if it had been read: its references carry nothing. */
    @SuppressWarnings("unchecked") // The models were compared.
    private static <T> StoredItem<T> read(CollectionHandle<T> home, ItemChange<?> pending) {
        StoredItem<T> item = ((ItemChange<T>) pending).stored(ItemChange.Settled.AS_IT_IS);
        return item.with(home.model().mapAllReferences(item.data(), Rn::unresolved))
                .in(home);
    }

    @Override
    public <T> Map<String, StoredItem<T>> find(CollectionHandle<T> home, Collection<String> ids) {
        transaction.requireRunning();
        Map<String, StoredItem<T>> found = new HashMap<>();
        List<String> stored = new ArrayList<>();
        for (String id : ids) {
            Rn<T> rn = home.collection().item(id);
            if (changes.of(home.key(rn)) == null && !changes.isAlong(home.key(rn))) {
                stored.add(id);
            } else {
                find(home, rn).ifPresent(item -> found.put(id, item));
            }
        }
        Map<String, StoredItem<T>> read = ItemReader.find(home.base(), stored);
        for (String id : stored) {
            Optional<StoredItem<T>> item = Optional.ofNullable(read.get(id));
            note(home, home.collection().item(id), item);
            item.ifPresent(one -> found.put(id, one.in(home)));
        }
        return found;
    }

    private <T> CollectionHandle<T> seen(CollectionHandle<T> home) {
        return home.in(transaction.view());
    }

    /** Returns an item with its change, and what its references carry with theirs. */
    private <T> StoredItem<T> settled(ItemChange<T> step, T data) {
        return step.stored(this::settledData, data).in(seen(step.home()));
    }

    private <T> T settledData(CollectionHandle<T> home, T data) {
        return home.model().mapAllReferences(data, rn -> rn.carried()
                .<Rn<?>>map(carried -> carrying(rn, carried))
                .orElse(rn));
    }

    @SuppressWarnings("unchecked") // What a reference carries has the type that it names.
    private <T> Rn<T> carrying(Rn<T> rn, Referenced<?> carried) {
        Referenced<T> now = (Referenced<T>) settled(carried);
        return rn.carrying(now);
    }

    private Referenced<?> settled(Referenced<?> carried) {
        if (carried instanceof ChangedItem<?> changed) {
            return changed(changed);
        }
        return carried instanceof StoredItem<?> stored ? stored(stored) : carried;
    }

    @SuppressWarnings("unchecked") // Steps are kept under the identity of their item.
    private <T> StoredItem<T> changed(ChangedItem<T> item) {
        @Nullable ItemChange<T> step = (ItemChange<T>) changes.of(item.home().key(item.rn()));
        return step == null ? stored(item.before()) : settled(step, item.data());
    }

    private <T> StoredItem<T> stored(StoredItem<T> item) {
        return item.with(settledData(item.home(), item.data())).in(seen(item.home()));
    }
}
