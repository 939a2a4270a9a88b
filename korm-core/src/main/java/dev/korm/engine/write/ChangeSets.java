package dev.korm.engine.write;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemDeletion;
import dev.korm.engine.item.ItemStore;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.OtherColumns;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.RemovedItem;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;

/** Stores the changes of single items, each as a {@link ChangeSet}. Safe for many threads. */
public final class ChangeSets implements ItemStore {
    @Override
    @SuppressWarnings("unchecked") // A change set answers with an item of the type that was put in.
    public <T> Item<T> store(Change<T> change) {
        return (Item<T>) new ChangeSet(poolOf(change)).add(change).persist().get(0);
    }

    @Override
    public <T> DeletedItem<T> delete(StoredItem<T> item) {
        OtherColumns others = OtherColumns.of(item);
        ChangeSet set = new ChangeSet(item.home().pool()).add(item.deletion());
        set.persist();
        return new RemovedItem<>(item, others, set.cascaded());
    }

    @Override
    @SuppressWarnings("unchecked") // A change set answers with an item of the type that was put in.
    public <T> Item<T> restore(StoredItem<T> item, OtherColumns others) {
        return (Item<T>) new ChangeSet(item.home().pool())
                .restore(item, others)
                .persist()
                .get(0);
    }

    @Override
    public <T> Item<T> reload(CollectionHandle<T> home, Rn<T> rn) {
        return ItemReader.get(home, rn);
    }

    /** Returns the pool that a change belongs to. */
    static PoolContext poolOf(Change<?> change) {
        if (change instanceof NewItem<?> item) {
            return item.home().pool();
        }
        if (change instanceof ChangedItem<?> item) {
            return item.home().pool();
        }
        if (change instanceof ItemDeletion<?> deletion) {
            return deletion.stored().home().pool();
        }
        Rn<?> rn = change.rn();
        throw new ConfigurationException("The change of " + rn + " is not one that korm made");
    }
}
