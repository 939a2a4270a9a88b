package dev.korm.engine.lock;

import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Fence;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Leases of locks in the table of one layer, and their tokens in the tables of the layers whose writes are held to them. Safe for many threads.
 *
 * <p><b>Whose clock.</b> That of the layer alone says whether a lease is over, and until when a new one is: programs whose own clocks differ agree all the same. How long its own lease lasts, a program
 * measures by its monotonic clock.
 *
 * <p><b>Tokens.</b> Each is higher than that of the row, and not lower than the microseconds since 1970 by the layer's clock: so they grow too where somebody has deleted the row, as
 * the original does when it releases a lock.
 */
final class Leases {
    private static final int LONGEST_PAUSE = 10;
    private static final String RESTORE = LockKey.id(RestoreExclusion.RESTORE);

    private final LockTable table;
    private final Map<String, LockTable> others = new HashMap<>();
    private final LockOptions options;
    private final String owner;
    private final Environment environment;

    /**
     * @param table of the layer of the locks
     * @param all the tables of all layers that check fences
     */
    Leases(LockTable table, Stream<LockTable> all, LockOptions options, String owner, Environment environment) {
        this.table = table;
        all.filter(other -> !other.layer().equals(table.layer())).forEach(other -> others.put(other.layer(), other));
        this.options = options;
        this.owner = owner;
        this.environment = environment;
    }

    LockOptions options() {
        return options;
    }

    /** One wait for a lock. Used by one thread. */
    final class Acquisition {
        private final LockKey key;

        /** What the token has to be above, as layers know that were told of the lock. */
        private long floor;

        /** What an attempt asked for whose answer was lost; null when there was none. */
        private HeldLock.@Nullable Lease lost;

        private String holder = "another program";
        private boolean waited;

        Acquisition(LockKey key) {
            this.key = key;
        }

        /** Returns whether it was not to be had at first. */
        boolean waited() {
            return waited;
        }

        /** Returns who had it at last. */
        String holder() {
            return holder;
        }

        /**
         * Waits for the lock; null when the time is over.
         *
         * @param nanos 0: one attempt
         */
        HeldLock.@Nullable Lease await(long nanos) throws InterruptedException {
            long start = environment.nanoTime();
            long pause = options.retry().toNanos();
            while (true) {
                HeldLock.Lease lease = attempt(nanos - (environment.nanoTime() - start));
                long left = nanos - (environment.nanoTime() - start);
                if (lease != null || left <= 0) {
                    return lease;
                }
                waited = true;
                // Of many who wait not all ask at once.
                long random = pause / 2 + environment.random().nextLong(pause / 2 + 1);
                environment.sleep(Duration.ofNanos(Math.min(random, left)));
                pause = Math.min(pause + pause / 2, options.retry().toNanos() * LONGEST_PAUSE);
            }
        }

        private HeldLock.@Nullable Lease attempt(long left) {
            try {
                return attempt();
            } catch (StoreException failed) {
                if (!failed.isRetryable() || left <= 0) {
                    throw failed;
                }
                holder = "nobody who is known, since the layer \"" + failed.layer() + "\" was busy";
                return null;
            }
        }

        private HeldLock.@Nullable Lease attempt() {
            long asked = environment.nanoTime();
            long now = table.time();
            Map<String, LockTable.Held> rows = table.rows(looked());
            Optional<LockTable.Held> seen = Optional.ofNullable(rows.get(key.id()));
            Optional<LockTable.Held> restore = Optional.ofNullable(rows.get(RESTORE))
                    .filter(row -> key.item().isPresent());
            if (lost != null && seen.isPresent() && isOurs(seen.get(), lost)) {
                return told(lost, now);
            }
            if (seen.isPresent() && seen.get().expires() > now) {
                holder = describe(seen.get(), now);
                return null;
            }
            if (restore.isPresent() && restore.get().expires() > now) {
                holder = "a restore of a backup, by " + describe(restore.get(), now);
                return null;
            }
            long least = Math.max(floor, seen.map(LockTable.Held::token).orElse(0L));
            long token = Math.max(least + 1, TimeUnit.MILLISECONDS.toMicros(now));
            long end = asked + options.lease().toNanos();
            HeldLock.Lease wanted = new HeldLock.Lease(table.layer(), owner, token, end);
            try {
                long until = now + options.lease().toMillis();
                Optional<Fence> behind = restore.map(row -> new Fence(RESTORE, row.token()));
                if (!table.take(key.id(), seen, new LockTable.Held(owner, until, token), now, behind)) {
                    holder = "another program, which was faster";
                    return null;
                }
            } catch (StoreException failed) {
                if (failed.outcome() == Outcome.UNKNOWN) {
                    lost = wanted;
                }
                throw failed;
            }
            return told(wanted, now);
        }

        /** Returns the ids of the rows that are looked at: that of the lock, and for an item's that of restores, which keep it from being acquired. */
        private List<String> looked() {
            return key.item().isPresent() ? List.of(key.id(), RESTORE) : List.of(key.id());
        }

        /** Tells the layers of the lock; null where one of them knows somebody with a higher token. */
        private HeldLock.@Nullable Lease told(HeldLock.Lease lease, long now) {
            lost = null;
            try {
                for (String layer : new TreeSet<>(key.layers())) {
                    LockTable other = others.get(layer);
                    if (other != null) {
                        long newest = other.raise(key.id(), new LockTable.Held(owner, 0, lease.token()), now);
                        if (newest > lease.token()) {
                            floor = newest;
                            holder = "somebody whom the layer \"" + layer + "\" knows";
                            table.release(key.id(), lease.token(), now);
                            return null;
                        }
                    }
                }
                return lease;
            } catch (RuntimeException | Error failed) {
                giveBack(lease, now, failed);
                throw failed;
            }
        }

        private void giveBack(HeldLock.Lease lease, long now, Throwable failed) {
            try {
                table.release(key.id(), lease.token(), now);
            } catch (RuntimeException | Error alsoFailed) {
                if (alsoFailed != failed) {
                    failed.addSuppressed(alsoFailed);
                }
            }
        }
    }

    private static boolean isOurs(LockTable.Held row, HeldLock.Lease lease) {
        return row.owner().equals(lease.owner()) && row.token() == lease.token();
    }

    private static String describe(LockTable.Held row, long now) {
        return "\"" + row.owner() + "\", another program, until it releases it or for "
                + Duration.ofMillis(row.expires() - now) + " at least";
    }

    /**
     * A lock that somebody has.
     *
     * @param lock an item's RN
     * @param holder completes the sentence "it is held by …"
     */
    record Held(String lock, String holder) {}

    /** Returns one of the locks of items that somebody has, in any program; empty when there is none. */
    Optional<Held> item() {
        long now = table.time();
        return table.heldItem(now).map(found -> new Held(found.getKey(), describe(found.getValue(), now)));
    }

    /** Waits until nobody has the lock of an item; returns one that somebody has when the time is over. */
    Optional<Held> awaitItems(long nanos) throws InterruptedException {
        long start = environment.nanoTime();
        while (true) {
            Optional<Held> found = item();
            long left = nanos - (environment.nanoTime() - start);
            if (found.isEmpty() || left <= 0) {
                return found;
            }
            environment.sleep(Duration.ofNanos(Math.min(options.retry().toNanos(), left)));
        }
    }

    /** Renews the leases of locks that are held, and takes note of those that are lost. */
    void renew(Map<String, HeldLock> locks) {
        long asked = environment.nanoTime();
        Map<String, LockTable.Held> rows = table.rows(locks.keySet());
        Map<String, HeldLock> ours = new TreeMap<>();
        locks.forEach((id, lock) -> {
            LockTable.Held row = rows.get(id);
            if (row != null && row.owner().equals(lock.owner()) && row.token() == lock.token()) {
                ours.put(id, lock);
            } else {
                lock.lose(row == null ? "its row is gone" : "\"" + row.owner() + "\" has acquired it since");
            }
        });
        while (!ours.isEmpty()) {
            Map<String, Long> tokens = new TreeMap<>();
            ours.forEach((id, lock) -> tokens.put(id, lock.token()));
            long now = table.time();
            Optional<Integer> taken =
                    table.renew(tokens, now, now + options.lease().toMillis());
            if (taken.isEmpty()) {
                ours.values()
                        .forEach(lock -> lock.renewed(asked + options.lease().toNanos()));
                return;
            }
            // Closed or taken since the look; the next one tells.
            ours.remove(List.copyOf(ours.keySet()).get(taken.get()));
        }
    }

    /** Releases a lock, so that others need not wait until its lease is over. */
    void release(HeldLock lock) {
        table.release(lock.key().id(), lock.token(), table.time());
    }
}
