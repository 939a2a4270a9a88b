package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.kalam.KalamServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several programs over one namespace, and several users over one. */
class ProgramsTest {
    private static final int EACH = 120;

    @Stored(namespace = "shop", kind = "counter")
    record Counter(int value) {}

    @Stored(namespace = "shop", kind = "entry")
    record Entry(Unique<String> name, Rn<Counter> counter) {}

    /** Checks it with more commits than the ledger keeps before the rows are written, so that programs write them at once. */
    @ConcurrentTest
    void programs_that_commit_at_once_lose_nothing_and_repeat_nothing() throws Exception {
        KalamNamespace namespace = KalamStores.fresh();
        try (Pool one = Korm.pool().layer("live", namespace).open();
                Pool two = Korm.pool().layer("live", namespace).open()) {
            Rn<Counter> rn = Korm.item(Counter.class, one)
                    .fromData(new Counter(0))
                    .create()
                    .rn();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> done = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    Pool pool = t % 2 == 0 ? one : two;
                    String prefix = "t" + t + "-";
                    done.add(threads.submit(() -> {
                        for (int i = 0; i < EACH; i++) {
                            String name = prefix + i;
                            while (!counted(pool, rn, name)) {
                                // Others were faster as often as a transaction tries; nothing was written.
                                Thread.onSpinWait();
                            }
                        }
                    }));
                }
                for (Future<?> each : done) {
                    each.get(300, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
            try (Pool three = Korm.pool().layer("live", namespace).open()) {
                for (Pool pool : List.of(one, two, three)) {
                    Items<Entry> entries = Korm.item(Entry.class, pool);
                    assertThat(Korm.item(Counter.class, pool)
                                    .fromRn(rn)
                                    .get()
                                    .data()
                                    .value())
                            .isEqualTo(4 * EACH);
                    assertThat(entries.query().count()).isEqualTo(4 * EACH);
                    assertThat(entries.query().get().stream()
                                    .map(item -> item.data().name().toString())
                                    .distinct())
                            .hasSize(4 * EACH);
                }
            }
        }
    }

    private static boolean counted(Pool pool, Rn<Counter> rn, String name) {
        try {
            pool.runTransaction(tx -> {
                Item<Counter> counter = tx.item(Counter.class).fromRn(rn).get();
                counter.set(Counter::value, counter.data().value() + 1).commit();
                tx.item(Entry.class).fromData(new Entry(Unique.of(name), rn)).create();
            });
            return true;
        } catch (ConflictException faster) {
            return false;
        }
    }

    @Test
    void what_is_kept_as_a_user_nobody_else_sees() {
        try (KalamServer server = KalamServer.start()) {
            KalamNamespace namespace =
                    Kalam.namespace(server.url(), "own").auth(Auth.basic("admin", server.password()));
            try (Pool alice =
                            Korm.pool().layer("live", namespace.asUser("alice")).open();
                    Pool bob =
                            Korm.pool().layer("live", namespace.asUser("bob")).open()) {
                Item<Counter> hers =
                        Korm.item(Counter.class, alice).fromData(new Counter(1)).create();
                assertThat(Korm.item(Counter.class, bob).query().count()).isZero();
                Korm.item(Counter.class, bob).fromData(new Counter(2)).create();
                assertThat(Korm.item(Counter.class, alice).query().get())
                        .extracting(Item::rn)
                        .containsExactly(hers.rn());
                hers.set(Counter::value, 3).commit();
                assertThat(Korm.item(Counter.class, alice)
                                .fromRn(hers.rn())
                                .get()
                                .data()
                                .value())
                        .isEqualTo(3);
            }
        }
    }
}
