package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.testkit.kalam.KalamServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The effects of messages that are delivered more than once: a transaction stores the offset with the data, so each is there once. */
class WorkerEffectsTest {
    private static final int ORDERS = 20;

    record Order(String id, int amount) {}

    @Stored(namespace = "shop", kind = "total")
    record Total(long sum, long offset) {}

    @Test
    void a_handler_that_dies_behind_its_transaction_counts_no_order_twice(@TempDir Path folder) throws Exception {
        try (KalamServer server = KalamServer.start();
                KalamClient kalam = KalamClient.builder()
                        .url(server.url())
                        .auth(Auth.basic("admin", server.password()))
                        .build();
                Pool pool = Korm.pool()
                        .layer("main", Sqlite.file(folder.resolve("shop.sqlite")))
                        .open()) {
            kalam.query("CREATE NAMESPACE shop");
            kalam.query("CREATE SHARED TABLE shop.orders (id TEXT PRIMARY KEY, amount INT)");
            kalam.topics().create("shop.changes", 1);
            kalam.topics().addSource("shop.changes", "shop.orders", TopicOp.INSERT);
            Items<Total> totals = Korm.item(Total.class, pool);
            Item<Total> total = totals.fromData(new Total(0, -1)).create();
            AtomicInteger deliveries = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(ORDERS);
            try (Worker<Order> worker = kalam.topics()
                    .worker("adder", "shop.changes", "sums", Order.class)
                    .start(Start.earliest())
                    .retry(RetryPolicy.messages().withWaits(Duration.ofMillis(1), Duration.ofMillis(5)))
                    .idleDelay(Duration.ofMillis(5))
                    .handler((context, change) -> {
                        int delivery = deliveries.incrementAndGet();
                        long offset = change.message().offset();
                        pool.runTransaction(tx -> {
                            Item<Total> now =
                                    tx.item(Total.class).fromRn(total.rn()).get();
                            if (offset > now.data().offset()) {
                                now.set(
                                                Total::sum,
                                                now.data().sum() + change.row().amount())
                                        .set(Total::offset, offset)
                                        .commit();
                            }
                        });
                        if (delivery % 3 == 0) {
                            throw new IllegalStateException("killed before the message is acknowledged");
                        }
                        all.countDown();
                    })
                    .start()) {
                for (int i = 1; i <= ORDERS; i++) {
                    kalam.insert("shop.orders", Map.of("id", "o" + i, "amount", i));
                }
                assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(deliveries.get()).isGreaterThan(ORDERS);
            Optional<Total> sum = Optional.of(totals.fromRn(total.rn()).get().data());
            assertThat(sum).contains(new Total(ORDERS * (ORDERS + 1L) / 2, ORDERS - 1L));
        }
    }
}
