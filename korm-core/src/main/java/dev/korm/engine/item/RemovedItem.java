package dev.korm.engine.item;

import dev.korm.ClosedException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.Rn;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An item that was deleted. */
public final class RemovedItem<T> implements DeletedItem<T> {
    private final Rn<T> rn;
    private final Map<Rn<?>, Long> cascaded;
    private final Optional<String> transaction;
    private final AtomicReference<@Nullable Snapshot<T>> snapshot;

    /**
     * The item as it was.
     *
     * @param others what else its row held
     */
    private record Snapshot<T>(StoredItem<T> item, OtherColumns others) {}

    /** @param transaction that deleted it, where it is known */
    public RemovedItem(
            StoredItem<T> item, OtherColumns others, Map<Rn<?>, Long> cascaded, Optional<String> transaction) {
        this.transaction = transaction;
        this.cascaded = Collections.unmodifiableMap(new LinkedHashMap<>(cascaded));
        this.rn = item.rn();
        this.snapshot = new AtomicReference<>(new Snapshot<>(item, others));
    }

    @Override
    public Rn<T> rn() {
        return rn;
    }

    @Override
    public T data() {
        return snapshot().item().data();
    }

    @Override
    public Item<T> restore() {
        Snapshot<T> last = snapshot();
        return last.item().home().pool().items().restore(last.item(), last.others());
    }

    @Override
    public Map<Rn<?>, Long> cascaded() {
        return cascaded;
    }

    @Override
    public Optional<String> transaction() {
        return transaction;
    }

    @Override
    public void destroy() {
        snapshot.set(null);
    }

    private Snapshot<T> snapshot() {
        Snapshot<T> last = snapshot.get();
        if (last == null) {
            throw new ClosedException(rn + " was destroyed after it was deleted; its data is gone");
        }
        return last;
    }

    @Override
    public String toString() {
        return "Deleted " + rn;
    }
}
