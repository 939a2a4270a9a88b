package dev.korm.engine;

import dev.korm.ClosedException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.Rn;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An item that was deleted. */
final class RemovedItem<T> implements DeletedItem<T> {
    private final Rn<T> rn;
    private final Map<Rn<?>, Long> cascaded;
    private final AtomicReference<@Nullable StoredItem<T>> snapshot;

    RemovedItem(StoredItem<T> item, Map<Rn<?>, Long> cascaded) {
        this.cascaded = Collections.unmodifiableMap(new LinkedHashMap<>(cascaded));
        this.rn = item.rn();
        this.snapshot = new AtomicReference<>(item);
    }

    @Override
    public Rn<T> rn() {
        return rn;
    }

    @Override
    public T data() {
        return item().data();
    }

    @Override
    public Item<T> restore() {
        StoredItem<T> item = item();
        return item.home().pool().items().restore(item);
    }

    @Override
    public Map<Rn<?>, Long> cascaded() {
        return cascaded;
    }

    @Override
    public void destroy() {
        snapshot.set(null);
    }

    private StoredItem<T> item() {
        StoredItem<T> item = snapshot.get();
        if (item == null) {
            throw new ClosedException(rn + " was destroyed after it was deleted; its data is gone");
        }
        return item;
    }

    @Override
    public String toString() {
        return "Deleted " + rn;
    }
}
