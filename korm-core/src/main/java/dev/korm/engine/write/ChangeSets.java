package dev.korm.engine.write;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.PoolTransaction;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.ItemDeletion;
import dev.korm.engine.item.ItemRestoration;
import dev.korm.engine.item.ItemStore;
import dev.korm.engine.item.MovingItem;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.RemovedItem;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.relocate.MovingCollection;
import dev.korm.engine.relocate.PlannedMoves;
import dev.korm.event.PoolCall;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores the changes of single items, each as a {@link ChangeSet}. Safe for many threads. */
public final class ChangeSets implements ItemStore {
    /** The view of the transaction that a thread is within. */
    @SuppressWarnings("ThreadLocalUsage") // One for each pool: a thread may be within transactions of several.
    private final ThreadLocal<@Nullable PoolContext> current = new ThreadLocal<>();

    @Override
    public PoolContext seen(PoolContext pool) {
        PoolContext transaction = current.get();
        return transaction == null ? pool : transaction;
    }

    @Override
    public PoolTransaction.Scope enter(PoolContext transaction) {
        if (current.get() != null) {
            throw new ConfigurationException(
                    "The thread is within a transaction of the pool already; close its scope before it enters another");
        }
        current.set(transaction);
        return () -> {
            if (transaction.equals(current.get())) {
                current.remove();
            }
        };
    }

    @Override
    @SuppressWarnings("unchecked") // A change set answers with an item of the type that was put in.
    public <T> Item<T> store(Change<T> change) {
        PoolContext transaction = current.get();
        if (transaction != null) {
            return transaction.items().store(change);
        }
        return (Item<T>) homeOf(change).call(operation(change), () -> new ChangeSet(poolOf(change))
                .add(change)
                .persist()
                .get(0));
    }

    private static String operation(Change<?> change) {
        if (change instanceof NewItem) {
            return PoolCall.CREATE;
        }
        if (change instanceof ItemDeletion) {
            return PoolCall.DELETE;
        }
        if (change instanceof ItemRestoration) {
            return PoolCall.RESTORE;
        }
        return change instanceof MovingItem ? PoolCall.MOVE : PoolCall.UPDATE;
    }

    @Override
    public <T> DeletedItem<T> delete(StoredItem<T> seen) {
        PoolContext transaction = current.get();
        if (transaction != null) {
            return transaction.items().delete(seen);
        }
        StoredItem<T> item = seen.in(seen.home().base());
        OtherColumns others = OtherColumns.of(item);
        ChangeSet set = new ChangeSet(item.home().pool().base()).add(item.deletion());
        ChangeOrigins origins = item.home().pool().base().origins();
        return item.home()
                .call(
                        PoolCall.DELETE,
                        () -> origins.asOne(() -> {
                            set.persist();
                            return new RemovedItem<>(
                                    item,
                                    others,
                                    set.cascaded(),
                                    origins.areKept()
                                            ? Optional.of(origins.current().transaction())
                                            : Optional.empty());
                        }));
    }

    @Override
    @SuppressWarnings("unchecked") // A change set answers with an item of the type that was put in.
    public <T> Item<T> restore(StoredItem<T> item, OtherColumns others) {
        if (current.get() != null) {
            throw new QueryException(
                    item.rn() + " cannot be restored within a transaction, since others may have taken its"
                            + " place; restore it before the transaction or behind its end");
        }
        return (Item<T>) item.home()
                .call(PoolCall.RESTORE, () -> new ChangeSet(item.home().pool().base())
                        .restore(item, others)
                        .persist()
                        .get(0));
    }

    /** Makes a change of one file by itself, also where the thread is within a transaction. */
    public static void persist(PoolContext pool, FileStep file) {
        new ChangeSet(pool.base()).add(file).persist();
    }

    @Override
    public <T> Item<T> reload(CollectionHandle<T> home, Rn<T> rn) {
        PoolContext transaction = current.get();
        if (transaction != null && home.pool().outer().isEmpty()) {
            return transaction.items().reload(home.in(transaction), rn);
        }
        return home.call(PoolCall.GET, () -> ItemReader.get(home, rn));
    }

    @Override
    public <T> Optional<StoredItem<T>> find(CollectionHandle<T> home, Rn<T> rn) {
        return ItemReader.find(home, rn);
    }

    @Override
    public <T> Map<String, StoredItem<T>> find(CollectionHandle<T> home, Collection<String> ids) {
        return ItemReader.find(home, ids);
    }

    /** Returns the steps of a change: those of the items that its references carry, then its own. */
    public static List<ItemChange<?>> steps(Change<?> change) {
        return ChangeSet.steps(change);
    }

    /**
     * Stores steps that were made one after the other, as one change.
     *
     * @param log in the order in which they were made; a step of an item begins where the one before it of the same item ends
     * @param net what they come to, one for each item; not changed
     * @param held what has to be as it was read
     * @param files that are members of the change by themselves
     * @param locks that all of it is held to
     * @param moves those among the steps
     */
    public static void persist(
            PoolContext pool,
            List<ItemChange<?>> log,
            Map<ItemKey, ItemChange<?>> net,
            List<ItemChange.Held<?>> held,
            List<FileStep> files,
            RequiredLocks locks,
            PlannedMoves moves) {
        ChangeSet set = new ChangeSet(pool, log, net, held, moves);
        files.forEach(set::add);
        set.fencedBy(locks).persist();
    }

    /** Returns the pool that a change belongs to. */
    public static PoolContext poolOf(Change<?> change) {
        return viewOf(change).base();
    }

    /** Returns the view of its pool, a transaction's or the pool itself, that a change was made in. */
    public static PoolContext viewOf(Change<?> change) {
        return change instanceof FileStep step ? step.pool() : homeOf(change).pool();
    }

    /** Returns the collection that a change is about, which is not one of files. */
    static CollectionHandle<?> homeOf(Change<?> change) {
        if (change instanceof NewItem<?> item) {
            return item.home();
        }
        if (change instanceof ChangedItem<?> item) {
            return item.home();
        }
        if (change instanceof ItemDeletion<?> deletion) {
            return deletion.stored().home();
        }
        if (change instanceof MovingItem<?> move) {
            return move.stored().home();
        }
        if (change instanceof MovingCollection<?> move) {
            return move.source();
        }
        if (change instanceof ItemRestoration<?> restoration) {
            return restoration.stored().home();
        }
        Rn<?> rn = change.rn();
        throw new ConfigurationException("The change of " + rn + " is not one that korm made");
    }
}
