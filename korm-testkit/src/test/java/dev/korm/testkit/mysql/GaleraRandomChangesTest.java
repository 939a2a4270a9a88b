package dev.korm.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Change;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.jdbc.MySql;
import dev.korm.testkit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random changes on three nodes of a real cluster, for {@code -Dkorm.galera.minutes} (3 by default), while one node after the other is killed and comes back, is held,
 * or is cut off, and columns come and go: what was acknowledged is on every node, what was refused is on none, and whatever the outcome, all nodes have the same.
 */
@Tag("long")
@NullUnmarked // Tests dereference what they expect to be there.
class GaleraRandomChangesTest {
    private static final String DATABASE = "random_changes";
    private static final String COLUMNS = DATABASE + ".__items__bank__account";
    private static final int WRITERS = 4;
    private static final int ACCOUNTS = 60;
    private static final int ENTRIES = 4;
    private static final Duration ROUND = Duration.ofSeconds(60);
    private static final Duration WAIT = Duration.ofSeconds(90);

    /** An account; its mark is written once only. */
    @Stored(namespace = "bank", kind = "account")
    record Account(Unique<String> name, long mark) {}

    /** A row that is stored with three others and a new mark, or not at all. */
    @Stored(namespace = "bank", kind = "entry")
    record Entry(String batch, int number) {}

    /** What a node has of an account. */
    private record State(long revision, long mark) {}

    /** What is known of one account since all nodes were last compared. */
    private static final class Known {
        final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();
        final Set<Long> uncertain = ConcurrentHashMap.newKeySet();
        volatile Rn<Account> rn;
        volatile boolean mayBeDeleted;
        volatile boolean deleted;
    }

    private final long seed = Seed.next(GaleraRandomChangesTest.class);
    private final Map<String, Known> accounts = new ConcurrentHashMap<>();
    private final Map<String, Optional<Outcome>> batches = new ConcurrentHashMap<>();
    private final AtomicLong marks = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();
    private final ReadWriteLock pause = new ReentrantReadWriteLock(true);
    private GaleraCluster cluster;

    @Test
    void what_was_acknowledged_is_on_every_node_and_what_was_refused_is_on_none() throws Exception {
        Optional<GaleraCluster> started = GaleraCluster.start();
        assumeTrue(started.isPresent(), "no cluster: install mariadb-server-core and galera-4");
        cluster = started.get();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Integer.getInteger("korm.galera.minutes", 3));
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Pool> pools = new ArrayList<>();
        try {
            cluster.create(DATABASE);
            for (int node = 0; node < GaleraCluster.NODES; node++) {
                pools.add(Korm.pool()
                        .layer(
                                "main",
                                MySql.url(
                                        cluster.url(node, DATABASE)
                                                + "&sessionVariables=wsrep_sync_wait=7&connectTimeout=5000&socketTimeout=30000"))
                        .prepare(Account.class)
                        .prepare(Entry.class)
                        .open());
            }
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(seed + writer);
                writers.add(threads.submit(() -> {
                    while (!done.get()) {
                        pause.readLock().lock();
                        try {
                            change(pools.get(random.nextInt(pools.size())), random);
                        } finally {
                            pause.readLock().unlock();
                        }
                    }
                }));
            }
            Random random = new Random(~seed);
            for (int round = 1; System.nanoTime() < end; round++) {
                long until = Math.min(end, System.nanoTime() + ROUND.toNanos());
                List<String> happened = new ArrayList<>();
                while (System.nanoTime() < until) {
                    happened.add(disturb(random));
                    writers.stream().filter(Future::isDone).findFirst().ifPresent(GaleraRandomChangesTest::join);
                }
                pause.writeLock().lock();
                try {
                    compare(pools);
                } finally {
                    pause.writeLock().unlock();
                }
                System.out.println("GaleraRandomChangesTest: round " + round + " " + happened + ": " + stored
                        + " stored, " + conflicts + " conflicts, " + refused + " refused, " + unknown
                        + " unknown; seed " + seed);
            }
            done.set(true);
            writers.forEach(GaleraRandomChangesTest::join);
            assertThat(stored.get()).isPositive();
        } finally {
            done.set(true);
            threads.shutdownNow();
            pools.forEach(Pool::close);
            cluster.close();
        }
    }

    private static void join(Future<?> writer) {
        try {
            writer.get(WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("A writer failed", failed);
        }
    }

    /** Disturbs one node, and waits until all are whole again. */
    private String disturb(Random random) throws Exception {
        int node = random.nextInt(GaleraCluster.NODES);
        int what = random.nextInt(5);
        switch (what) {
            case 0 -> {
                cluster.kill(node);
                pause(random, 5_000);
                cluster.restart(node);
            }
            case 1 -> {
                cluster.hold(node, true);
                try {
                    pause(random, 12_000);
                } finally {
                    cluster.hold(node, false);
                }
            }
            case 2 -> {
                cluster.isolate(node, true);
                try {
                    pause(random, 12_000);
                } finally {
                    cluster.isolate(node, false);
                }
            }
            case 3 -> alter(node);
            default -> pause(random, 3_000);
        }
        for (int each = 0; each < GaleraCluster.NODES; each++) {
            cluster.awaitSynced(each);
        }
        return List.of("killed", "held", "cut off", "altered", "left alone").get(what) + " " + node;
    }

    /** An alteration waits for writers no longer than the server lets it; the next one goes on where it was given up. */
    private void alter(int node) {
        try {
            cluster.execute(
                    node,
                    "ALTER TABLE " + COLUMNS + " ADD COLUMN IF NOT EXISTS extra INT",
                    "ALTER TABLE " + COLUMNS + " DROP COLUMN IF EXISTS extra");
        } catch (IllegalStateException givenUp) {
            System.out.println("GaleraRandomChangesTest: " + givenUp.getMessage());
        }
    }

    private static void pause(Random random, int longest) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(longest));
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void change(Pool pool, Random random) {
        String name = "a" + random.nextInt(ACCOUNTS);
        Known known = accounts.get(name);
        if (known == null) {
            create(pool, name);
            return;
        }
        try {
            Item<Account> item = Korm.item(Account.class, pool).fromRn(known.rn).get();
            int what = random.nextInt(20);
            if (what == 0) {
                delete(item, known);
            } else if (what < 8) {
                write(pool, item, known, "b" + marks.incrementAndGet());
            } else {
                write(pool, item, known, null);
            }
        } catch (NotFoundException gone) {
            // Deleted, never stored, or not yet known to a node that has been cut off and has not noticed.
            conflicts.incrementAndGet();
        } catch (StoreException unreadable) {
            // A node that is away, and says so.
            refused.incrementAndGet();
        }
    }

    private void create(Pool pool, String name) {
        Known known = new Known();
        long mark = marks.incrementAndGet();
        var floating = Korm.item(Account.class, pool).fromData(new Account(Unique.of(name + "-" + mark), mark));
        known.rn = floating.rn();
        known.uncertain.add(mark);
        if (accounts.putIfAbsent(name, known) != null) {
            return;
        }
        try {
            Item<Account> created = floating.create();
            acknowledge(known, created.revision(), mark);
        } catch (StoreException failed) {
            settle(known, mark, failed);
        }
    }

    private void delete(Item<Account> item, Known known) {
        known.mayBeDeleted = true;
        try {
            item.delete();
            known.deleted = true;
            stored.incrementAndGet();
        } catch (ConflictException stale) {
            conflicts.incrementAndGet();
        } catch (StoreException failed) {
            count(failed);
        }
    }

    private void write(Pool pool, Item<Account> item, Known known, String batch) {
        long mark = marks.incrementAndGet();
        known.uncertain.add(mark);
        List<Change<?>> all = new ArrayList<>();
        all.add(item.set(Account::mark, mark));
        for (int i = 0; batch != null && i < ENTRIES; i++) {
            all.add(Korm.item(Entry.class, pool).fromData(new Entry(batch, i)));
        }
        try {
            Korm.tx(all).persist();
            acknowledge(known, item.revision() + 1, mark);
            note(batch, Optional.empty());
        } catch (ConflictException stale) {
            known.uncertain.remove(mark);
            conflicts.incrementAndGet();
            note(batch, Optional.of(Outcome.NOT_APPLIED));
        } catch (NotFoundException gone) {
            known.uncertain.remove(mark);
            note(batch, Optional.of(Outcome.NOT_APPLIED));
            throw gone;
        } catch (StoreException failed) {
            settle(known, mark, failed);
            note(batch, Optional.of(failed.outcome()));
        }
    }

    private void note(String batch, Optional<Outcome> outcome) {
        if (batch != null) {
            batches.put(batch, outcome);
        }
    }

    private void acknowledge(Known known, long revision, long mark) {
        Long other = known.acknowledged.putIfAbsent(revision, mark);
        if (other != null) {
            throw new AssertionError(
                    "Revision " + revision + " of " + known.rn + " is " + other + " and " + mark + ", seed " + seed);
        }
        known.uncertain.remove(mark);
        stored.incrementAndGet();
    }

    private void settle(Known known, long mark, StoreException failed) {
        if (failed.outcome() != Outcome.UNKNOWN) {
            known.uncertain.remove(mark);
        }
        count(failed);
    }

    private void count(StoreException failed) {
        (failed.outcome() == Outcome.UNKNOWN ? unknown : refused).incrementAndGet();
    }

    private void compare(List<Pool> pools) {
        List<Map<String, State>> nodes = new ArrayList<>();
        List<Map<String, Integer>> entries = new ArrayList<>();
        for (Pool pool : pools) {
            awaitAnswer(pool);
            Map<String, State> states = new HashMap<>();
            try (Stream<Item<Account>> all = Korm.item(Account.class, pool).query().stream()) {
                all.forEach(item -> states.put(
                        item.rn().toString(),
                        new State(item.revision(), item.data().mark())));
            }
            nodes.add(states);
            Map<String, Integer> rows = new HashMap<>();
            try (Stream<Item<Entry>> all = Korm.item(Entry.class, pool).query().stream()) {
                all.forEach(item -> rows.merge(item.data().batch(), 1, Integer::sum));
            }
            entries.add(rows);
        }
        List<String> wrong = new ArrayList<>();
        if (Set.copyOf(nodes).size() != 1 || Set.copyOf(entries).size() != 1) {
            wrong.add("the nodes differ: " + nodes + entries);
        }
        accounts.forEach((name, known) -> compare(name, known, nodes.get(0).get(known.rn.toString()), wrong));
        Map<String, Integer> rows = entries.get(0);
        batches.forEach((batch, outcome) -> {
            int found = rows.getOrDefault(batch, 0);
            boolean right = outcome.isEmpty()
                    ? found == ENTRIES
                    : found == 0 || (outcome.get() == Outcome.UNKNOWN && found == ENTRIES);
            if (!right) {
                wrong.add(batch + " " + outcome + " has " + found + " rows");
            }
        });
        assertThat(wrong).as("seed " + seed).isEmpty();
        batches.clear();
        cluster.execute(0, "DELETE FROM " + DATABASE + ".__items__bank__entry");
    }

    /** Connections of a node that was away have ended, each of which is noticed once. */
    private static void awaitAnswer(Pool pool) {
        Awaitility.await()
                .atMost(WAIT)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> Korm.item(Entry.class, pool).query().count() >= 0);
    }

    private void compare(String name, Known known, State state, List<String> wrong) {
        long last = known.acknowledged.keySet().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(-1);
        if (state == null) {
            if (last >= 0 && !known.mayBeDeleted) {
                wrong.add(known.rn + " was acknowledged at revision " + last + " and is gone");
            }
            accounts.remove(name);
            return;
        }
        if (known.deleted) {
            wrong.add(known.rn + " was deleted and is there: " + state);
        } else if (state.revision() < last) {
            wrong.add(known.rn + " was acknowledged at revision " + last + " and is " + state);
        } else {
            Long mark = known.acknowledged.get(state.revision());
            if (mark == null ? !known.uncertain.contains(state.mark()) : mark != state.mark()) {
                wrong.add(known.rn + " is " + state + ", acknowledged " + mark + ", uncertain " + known.uncertain);
            }
        }
        known.acknowledged.clear();
        known.uncertain.clear();
        known.mayBeDeleted = false;
        known.acknowledged.put(state.revision(), state.mark());
    }
}
