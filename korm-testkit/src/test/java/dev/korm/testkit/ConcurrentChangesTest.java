package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.ConflictException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads change the same items of three layers: no change is lost and no revision is skipped. */
@NullUnmarked // Tests dereference what they expect to be there.
class ConcurrentChangesTest {
    private static final int THREADS = 8;
    private static final int CHANGES = 60;
    private static final int ITEMS = 3;
    private static final List<String> LAYERS = List.of("sqlite", "postgres", "mariadb");

    record Account(String name, long balance) {}

    /** What has to be found of an item at the end. */
    private record Expected(long began, AtomicLong changes, AtomicLong balance) {
        Expected(long began) {
            this(began, new AtomicLong(), new AtomicLong());
        }

        void add(long amount) {
            changes.incrementAndGet();
            balance.addAndGet(amount);
        }
    }

    private final Map<Rn<Account>, Expected> expected = new ConcurrentHashMap<>();
    private final Map<String, List<Rn<Account>>> accounts = new ConcurrentHashMap<>();

    @Test
    void eight_threads_change_shared_items_of_three_layers_and_every_change_counts(@TempDir Path folder)
            throws InterruptedException, ExecutionException {
        long seed = Seed.next(ConcurrentChangesTest.class);
        try (Pool pool = Korm.pool()
                .layer("sqlite", Sqlite.file(folder.resolve("accounts.sqlite")))
                .layer("postgres", PostgresServer.in(PostgresServer.newSchema()))
                .layer("mariadb", MySqlTestServer.in(MySqlTestServer.newDatabase()))
                .open()) {
            Items<Account> items = Korm.item(Account.class, pool);
            for (String layer : LAYERS) {
                List<Rn<Account>> made = new ArrayList<>();
                for (int i = 0; i < ITEMS; i++) {
                    FloatingItem<Account> floating =
                            items.fromData(layer, "bank", "account", new Account(layer + i, 0));
                    Item<Account> account = floating.create();
                    expected.put(account.rn(), new Expected(account.revision()));
                    made.add(account.rn());
                }
                accounts.put(layer, made);
            }
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(seed + i);
                    running.add(threads.submit(() -> work(items, random)));
                }
                for (Future<?> one : running) {
                    one.get();
                }
            } finally {
                threads.shutdownNow();
            }
            expected.forEach((rn, wanted) -> {
                Item<Account> item = items.fromRn(rn).get();
                assertThat(item.revision())
                        .as("revision of %s", rn)
                        .isEqualTo(wanted.began() + wanted.changes().get());
                assertThat(item.data().balance())
                        .as("balance of %s", rn)
                        .isEqualTo(wanted.balance().get());
            });
        }
    }

    private void work(Items<Account> items, Random random) {
        for (int i = 0; i < CHANGES; i++) {
            List<Rn<Account>> some = accounts.get(LAYERS.get(random.nextInt(LAYERS.size())));
            int first = random.nextInt(ITEMS);
            long amount = 1 + random.nextInt(100);
            if (random.nextBoolean()) {
                deposit(items, some.get(first), amount);
            } else {
                transfer(items, some.get(first), some.get((first + 1) % ITEMS), amount);
            }
        }
    }

    private void deposit(Items<Account> items, Rn<Account> rn, long amount) {
        while (true) {
            Item<Account> read = items.fromRn(rn).get();
            try {
                read.set(Account::balance, read.data().balance() + amount).commit();
                expected.get(rn).add(amount);
                return;
            } catch (ConflictException again) {
                assertThat(again.theirs().revision()).isGreaterThan(read.revision());
            }
        }
    }

    private void transfer(Items<Account> items, Rn<Account> from, Rn<Account> to, long amount) {
        while (true) {
            Item<Account> giver = items.fromRn(from).get();
            Item<Account> taker = items.fromRn(to).get();
            try {
                Korm.tx(
                                giver.set(Account::balance, giver.data().balance() - amount),
                                taker.set(Account::balance, taker.data().balance() + amount))
                        .persist();
                expected.get(from).add(-amount);
                expected.get(to).add(amount);
                return;
            } catch (ConflictException again) {
                assertThat(again.theirs()).isNotNull();
            }
        }
    }
}
