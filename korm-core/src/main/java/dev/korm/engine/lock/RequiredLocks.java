package dev.korm.engine.lock;

import dev.korm.ConfigurationException;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.lock.Lock;
import dev.korm.spi.Mutation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The locks that a transaction is held to. Immutable. */
public final class RequiredLocks {
    public static final RequiredLocks NONE = new RequiredLocks(List.of());

    private final List<HeldLock> locks;

    private RequiredLocks(List<HeldLock> locks) {
        this.locks = List.copyOf(locks);
    }

    /** Returns these and others. */
    public RequiredLocks and(Collection<Lock> others) {
        if (others.isEmpty()) {
            return this;
        }
        List<HeldLock> all = new ArrayList<>(locks);
        for (Lock lock : others) {
            if (!(lock instanceof HeldLock held)) {
                throw new ConfigurationException("fencedBy takes locks of pool.locks(), not a "
                        + lock.getClass().getName());
            }
            all.add(held);
        }
        return new RequiredLocks(all);
    }

    /**
     * Checks that a change may be begun under them.
     *
     * @param layers of the change's pool
     * @param written those that it writes
     * @throws dev.korm.lock.LockLostException when one of them is not held
     * @throws ConfigurationException when a lock cannot be checked by any of the layers
     */
    public void require(PoolLayers layers, Collection<OpenLayer> written) {
        for (HeldLock lock : locks) {
            if (!lock.isOf(layers)) {
                throw new ConfigurationException(
                        "The lock of " + lock.name() + " is of another pool than the transaction");
            }
            if (!lock.isHeld()) {
                throw lock.fenced("The lock of " + lock.name() + " is not held");
            }
            if (lock.isShared()
                    && !written.isEmpty()
                    && written.stream()
                            .noneMatch(layer -> lock.fenceIn(layer.layer()).isPresent())) {
                throw new ConfigurationException("The lock of " + lock.name() + " cannot be checked by "
                        + written.stream().map(each -> each.layer()).collect(Collectors.joining(", "))
                        + ", since it was not told to that layer. Name the layer when the lock is"
                        + " acquired: LockName.of(…).guarding(\""
                        + written.iterator().next().layer() + "\")");
            }
        }
    }

    /** Returns what holds the mutations of a layer to them. */
    public List<Mutation> in(String layer) {
        List<Mutation> fences = new ArrayList<>(locks.size());
        for (HeldLock lock : locks) {
            lock.fenceIn(layer).ifPresent(fence -> fences.add(new Mutation.RequireFence(fence)));
        }
        return fences;
    }
}
