package dev.korm.engine.transaction;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.QueryException;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemStore;
import dev.korm.engine.item.MovingItem;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.RemovedItem;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.DeletionEffects;
import dev.korm.engine.reference.ReferenceMove;
import dev.korm.engine.relocate.MovingCollection;
import dev.korm.engine.relocate.PlannedMoves;
import dev.korm.engine.write.ChangeSets;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the items of a transaction are asked to store, and reads items as the transaction sees them. When it has ended, its items are
 * those of the pool. Used as {@link OpenTransaction} says.
 */
final class TransactionItems implements ItemStore {
    private final OpenTransaction transaction;
    private final PendingChanges changes;
    private final ReadItems reads;
    private final PlannedMoves moves;
    private final UndoLog undo;
    /** What the moves do to those who refer to what is moved. */
    private Map<ItemKey, Mutation> referring = Map.of();

    private final ItemStore afterwards;

    TransactionItems(
            OpenTransaction transaction,
            PendingChanges changes,
            ReadItems reads,
            PlannedMoves moves,
            UndoLog undo,
            ItemStore afterwards) {
        this.moves = moves;
        this.undo = undo;
        this.transaction = transaction;
        this.changes = changes;
        this.reads = reads;
        this.afterwards = afterwards;
    }

    @Override
    public void requireKept(StoredItem<?> item) {
        if (!transaction.isRunning()) {
            changes.requireKept(item);
        }
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
        if (change instanceof MovingItem<T> move) {
            return (Item<T>) moving(move, !ChangeSets.viewOf(change).equals(transaction.view()));
        }
        List<ItemChange<?>> steps = ChangeSets.steps(change);
        ItemChange<T> own = (ItemChange<T>) steps.get(steps.size() - 1);
        List<ItemChange<?>> writing = steps.size() == 1 && own.writes()
                ? steps
                : steps.stream().filter(ItemChange::writes).toList();
        boolean outside = !ChangeSets.viewOf(change).equals(transaction.view());
        if (own.deletes()) {
            remove(own, outside);
            return own.stored(ItemChange.Settled.AS_IT_IS).in(seen(own.home()));
        }
        changes.add(writing, outside);
        return own.writes() ? settled(own, own.dataOf()) : reload(seen(own.home()), own.rn());
    }

    private <T> StoredItem<T> moving(MovingItem<T> move, boolean outside) {
        requireUnchanged(move.stored().home().key(move.rn()), move.rn());
        List<ItemChange<?>> steps = planned(move.rn(), () -> moves.add(move));
        moved(steps, outside);
        ItemChange<T> arrival = arrival(steps);
        return settled(arrival, arrival.dataOf());
    }

    @SuppressWarnings("unchecked") // The steps of a move are of its own item.
    private static <T> ItemChange<T> arrival(List<ItemChange<?>> steps) {
        return (ItemChange<T>) steps.get(steps.size() - 1);
    }

    /** Moves a collection. */
    void move(MovingCollection<?> move) {
        moved(planned(move.rn(), () -> moves.add(move)), false);
    }

    /** Plans a move, which stays planned whatever becomes of it: rows that were encoded since name the new places. */
    private List<ItemChange<?>> planned(Rn<?> rn, Supplier<List<ItemChange<?>>> plan) {
        undo.add(() -> {
            throw new QueryException("The move of " + rn
                    + " cannot be taken back by a savepoint, and nothing of the transaction is stored. Throw an exception"
                    + " out of the transaction instead, or set the savepoint after the move");
        });
        return plan.get();
    }

    private void requireUnchanged(ItemKey key, Rn<?> rn) {
        ItemChange<?> pending = changes.of(key);
        if (pending != null && pending.removes()) {
            throw new NotFoundException(rn + " was deleted or moved in this transaction", rn);
        }
        if (pending != null || changes.isAlong(key)) {
            throw new QueryException(rn
                    + " was changed in this transaction, so it cannot be moved in it any more. Move it first, and go on"
                    + " with the item that the move returns");
        }
    }

    /** Adds steps of moves, with what they do to those who refer to what is moved. */
    private void moved(List<ItemChange<?>> steps, boolean outside) {
        for (ItemChange<?> step : steps) {
            if (step.removes()) {
                requireUnchanged(step.key(), step.rn());
            }
        }
        if (referring.isEmpty()) {
            referring = new HashMap<>();
        }
        List<ItemChange<?>> renamed = new ArrayList<>();
        for (ItemChange<?> pending : List.copyOf(changes.net())) {
            if (!pending.removes()) {
                String layer = pending.home().layer().layer();
                pending.thenRenaming(rn -> moves.places().renamed(layer, rn)).ifPresent(renamed::add);
            }
        }
        PoolContext base = transaction.view().base();
        List<ItemChange<?>> own = new ArrayList<>(changes.net());
        own.addAll(steps);
        own.addAll(renamed);
        Map<ItemKey, Mutation> deletions = new LinkedHashMap<>(changes.along());
        deletions.keySet().removeAll(referring.keySet());
        Map<ItemKey, Mutation> references = new ReferenceMove(base, moves.places(), own, deletions).references();
        changes.add(steps, outside);
        changes.add(renamed, false);
        references.forEach((key, effect) -> {
            if (!effect.equals(referring.put(key, effect))) {
                changes.addAlong(base.layers().layer(key.layer()), key, effect);
            }
        });
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
            if (!step.deletes()) {
                stored.add(step);
            }
        });
        return DeletionEffects.of(transaction.view(), deleted, stored);
    }

    @Override
    public <T> DeletedItem<T> delete(StoredItem<T> item) {
        if (!transaction.isRunning()) {
            changes.requireKept(item);
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
        return new RemovedItem<>(item.in(seen(home)), others, cascaded, Optional.empty());
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
        Optional<StoredItem<T>> found = transaction.asked(() -> ItemReader.find(home.base(), rn));
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
        Map<String, StoredItem<T>> read = transaction.asked(() -> ItemReader.find(home.base(), stored));
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
        StoredItem<T> settled = item.isReadable() ? item.with(settledData(item.home(), item.data())) : item;
        return settled.in(seen(item.home()));
    }
}
