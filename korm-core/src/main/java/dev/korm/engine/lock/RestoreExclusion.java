package dev.korm.engine.lock;

import dev.korm.engine.layer.FencedLayer;
import dev.korm.engine.layer.WriteFences;
import dev.korm.lock.Lock;
import dev.korm.lock.LockName;
import dev.korm.lock.LockTimeoutException;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.backup.Exclusion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The locks that keep others out of a restore. For one thread.
 *
 * <p><b>Protocol.</b> First the lock of the schedules, so that no backup is made of what is half restored; then that of restores, whose token all layers are told, so that a restore that was stopped for longer than its lease
 * cannot write any more once another has begun. From then on nobody gets the lock of an item ({@link Leases} looks at both rows in one question), and those who have one are waited for.
 *
 * <p>Where nobody has ever restored there is no row that the taking of a lock could be held to, and somebody may get one who looked before this began. {@link #requireNobody} finds that, and is called behind the
 * safety copy and before the first change.
 */
final class RestoreExclusion implements Exclusion, WriteFences {
    /** Held by those who make backups by schedule. */
    static final LockName SCHEDULED = LockName.of("korm backups by schedule");

    /** Held by those who restore a backup. */
    static final LockName RESTORE = LockName.of("korm restore of a backup");

    private final List<Lock> locks;
    private final HeldLock restore;
    private final Optional<Leases> leases;
    private final Duration patience;

    /**
     * @param schedules the lock of the schedules
     * @param restore the lock of restores
     * @param leases empty where the pool shares no locks
     */
    RestoreExclusion(Lock schedules, HeldLock restore, Optional<Leases> leases, Duration patience) {
        this.locks = List.of(schedules, restore);
        this.restore = restore;
        this.leases = leases;
        this.patience = patience;
    }

    /**
     * Waits until nobody has the lock of an item.
     *
     * @throws LockTimeoutException when somebody still has one after that time
     */
    void awaitItems(long nanos) throws InterruptedException {
        if (leases.isPresent()) {
            Optional<Leases.Held> left = leases.get().awaitItems(nanos);
            if (left.isPresent()) {
                throw taken(left.get());
            }
        }
    }

    private LockTimeoutException taken(Leases.Held held) {
        return new LockTimeoutException(held.lock(), patience, held.holder());
    }

    @Override
    public void require() {
        restore.requireHeld();
    }

    @Override
    public void requireNobody() {
        require();
        leases.flatMap(Leases::item).ifPresent(held -> {
            throw taken(held);
        });
    }

    @Override
    public Layer held(Layer layer) {
        return restore.isShared() ? new FencedLayer(layer, this) : layer;
    }

    @Override
    public List<Fence> of(String layer, List<Mutation> mutations) {
        if (!restore.isHeld()) {
            throw restore.fenced(refusal(layer));
        }
        return restore.fenceIn(layer).stream().toList();
    }

    @Override
    public RuntimeException refused(String layer, Fence fence, long newest) {
        restore.lose(
                newest == 0
                        ? "its row is gone from the layer \"" + layer + "\""
                        : "another restore has begun since, under the token " + newest);
        return restore.fenced(refusal(layer));
    }

    private static String refusal(String layer) {
        return "A part of a restore was not stored in the layer \"" + layer + "\", since the lock of " + RESTORE
                + " was lost";
    }

    @Override
    public void close() {
        HeldLockSet.release(locks);
    }
}
