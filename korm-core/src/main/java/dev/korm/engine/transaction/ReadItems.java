package dev.korm.engine.transaction;

import dev.korm.ConflictException;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The items that a transaction has read by RN, as they were at first. Used by one thread. */
final class ReadItems {
    /** Made when something is read. */
    private Map<ItemKey, Read<?>> reads = Map.of();

    /**
     * An item that was read.
     *
     * @param home in the pool itself
     * @param item empty where there was none
     */
    private record Read<T>(CollectionHandle<T> home, Rn<T> rn, Optional<StoredItem<T>> item) {
        boolean isSame(Optional<? extends StoredItem<?>> other) {
            return item.isPresent() == other.isPresent()
                    && item.map(StoredItem::revision).equals(other.map(StoredItem::revision));
        }

        /** Returns what says that it is not any more as it was read. */
        KormException changed(Optional<? extends StoredItem<?>> now) {
            if (now.isEmpty()) {
                return new NotFoundException(
                        rn + " is not in the layer \"" + home.layer().layer()
                                + "\" any more; it was deleted by others after the transaction had read it. Nothing was"
                                + " written; run the transaction again",
                        rn);
            }
            return new ConflictException(
                    rn + (item.isEmpty() ? " was created" : " was changed")
                            + " by others after the transaction had read it. Nothing was written; run the transaction"
                            + " again",
                    rn,
                    item.<Object>map(StoredItem::data).orElse(Optional.empty()),
                    now.get());
        }

        /** Returns what says that it is not any more as it was read; empty where it is. */
        Optional<KormException> compared(Optional<? extends StoredItem<?>> now) {
            return isSame(now) ? Optional.empty() : Optional.of(changed(now));
        }

        ItemChange.Held<T> held() {
            return new ItemChange.Held<>(home, rn, item);
        }
    }

    /**
     * Takes note of an item that was read, or was not there.
     *
     * @param home in the pool itself
     * @return what says that it is not any more as it was read before
     */
    <T> Optional<KormException> note(CollectionHandle<T> home, Rn<T> rn, Optional<StoredItem<T>> item) {
        if (reads.isEmpty()) {
            reads = new LinkedHashMap<>();
        }
        Read<?> before = reads.putIfAbsent(home.key(rn), new Read<>(home, rn.unresolved(), item));
        return before == null ? Optional.empty() : before.compared(item);
    }

    /** Returns whether the item was looked for, and not there. */
    boolean isAbsent(ItemKey key) {
        Read<?> read = reads.get(key);
        return read != null && read.item().isEmpty();
    }

    /** Returns what has to be unchanged for others to be stored: all but what is changed itself, in an order that is the same for everybody. */
    List<ItemChange.Held<?>> held(PendingChanges changes) {
        if (reads.isEmpty()) {
            return List.of();
        }
        List<ItemChange.Held<?>> held = new ArrayList<>();
        reads.forEach((key, read) -> {
            if (changes.of(key) == null && (read.item().isPresent() || hasTable(read))) {
                held.add(read.held());
            }
        });
        held.sort(Comparator.comparing(
                        (ItemChange.Held<?> one) -> one.key().table().text())
                .thenComparing(one -> one.key().id()));
        return held;
    }

    /** Returns whether there is a table that the item could be in. */
    private static boolean hasTable(Read<?> read) {
        return read.home().layer().schema(read.home().table()).isPresent();
    }

    /**
     * Looks whether all of it is still so, where nothing is stored. What was read once and is the same now was so at the moment in
     * between, all of it together.
     *
     * @return what says that something is not
     */
    Optional<KormException> changed() {
        if (reads.size() < 2) {
            return Optional.empty();
        }
        Map<CollectionHandle<?>, List<Read<?>>> byCollection = new LinkedHashMap<>();
        reads.values().forEach(read -> byCollection
                .computeIfAbsent(read.home(), any -> new ArrayList<>())
                .add(read));
        for (Map.Entry<CollectionHandle<?>, List<Read<?>>> entry : byCollection.entrySet()) {
            List<String> ids = new ArrayList<>();
            entry.getValue().forEach(read -> ids.add(read.rn().id().orElseThrow()));
            Map<String, ? extends StoredItem<?>> now = ItemReader.find(entry.getKey(), ids);
            for (Read<?> read : entry.getValue()) {
                Optional<KormException> changed =
                        read.compared(Optional.ofNullable(now.get(read.rn().id().orElseThrow())));
                if (changed.isPresent()) {
                    return changed;
                }
            }
        }
        return Optional.empty();
    }

    void clear() {
        reads = Map.of();
    }
}
