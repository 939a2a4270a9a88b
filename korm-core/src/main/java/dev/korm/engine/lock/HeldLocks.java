package dev.korm.engine.lock;

import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.WriteFences;
import dev.korm.lock.LockLostException;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The shared locks of a pool that are not closed, those that are lost among them, and what they mean for its writes. Safe for many threads. */
final class HeldLocks implements WriteFences {
    private final Map<String, HeldLock> locks = new ConcurrentHashMap<>();
    private final Map<ItemKey, HeldLock> items = new ConcurrentHashMap<>();

    void add(HeldLock lock) {
        locks.put(lock.key().id(), lock);
        lock.key().item().ifPresent(item -> items.put(item, lock));
    }

    void remove(HeldLock lock) {
        lock.key().item().ifPresent(item -> items.remove(item, lock));
        locks.remove(lock.key().id(), lock);
    }

    List<HeldLock> all() {
        return List.copyOf(locks.values());
    }

    /** Returns the fences in the order in which all programs lock their rows. A bulk change counts as one of all locked items of its table. */
    @Override
    public List<Fence> of(String layer, List<Mutation> mutations) {
        if (items.isEmpty()) {
            return List.of();
        }
        Map<String, HeldLock> written = new TreeMap<>();
        for (Mutation mutation : mutations) {
            if (mutation.table().isItems()) {
                collect(layer, mutation, written);
            }
        }
        List<Fence> fences = new ArrayList<>();
        for (HeldLock lock : written.values()) {
            if (!lock.isHeld()) {
                throw lock.fenced(refusal(layer, lock));
            }
            lock.fenceIn(layer).ifPresent(fences::add);
        }
        return fences;
    }

    private void collect(String layer, Mutation mutation, Map<String, HeldLock> written) {
        if (mutation instanceof Mutation.UpdateSelected || mutation instanceof Mutation.DeleteSelected) {
            items.forEach((item, lock) -> {
                if (item.layer().equals(layer) && item.table().equals(mutation.table())) {
                    written.put(lock.key().id(), lock);
                }
            });
            return;
        }
        String id = id(mutation);
        HeldLock lock = id == null ? null : items.get(new ItemKey(layer, mutation.table(), id));
        if (lock != null) {
            written.put(lock.key().id(), lock);
        }
    }

    private static @Nullable String id(Mutation mutation) {
        if (mutation instanceof Mutation.Insert insert) {
            return insert.id();
        }
        if (mutation instanceof Mutation.Update update) {
            return update.id();
        }
        return mutation instanceof Mutation.Delete delete ? delete.id() : null;
    }

    @Override
    public RuntimeException refused(String layer, Fence fence, long newest) {
        HeldLock lock = locks.get(fence.lock());
        if (lock == null) {
            return new LockLostException(
                    fence.lock(),
                    "A change was not stored in the layer \"" + layer + "\", and nothing else of it: the lock "
                            + fence.lock() + " was closed meanwhile. Acquire it anew");
        }
        lock.lose(
                newest == 0
                        ? "its row is gone from the layer \"" + layer + "\""
                        : "somebody else has acquired it since, under the token " + newest);
        return lock.fenced(refusal(layer, lock));
    }

    private static String refusal(String layer, HeldLock lock) {
        return "A change was not stored in the layer \"" + layer + "\", and nothing else of it, since the lock of "
                + lock.name() + " was lost";
    }
}
