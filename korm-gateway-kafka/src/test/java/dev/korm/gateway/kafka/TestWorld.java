package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.gateway.settings.Limits;
import dev.korm.jdbc.Sqlite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A pool that is served over topics of its own, and gateways without a pool that answer from them. */
final class TestWorld implements AutoCloseable {
    static final Rn<Document> TODOS = Rn.collection("todo", "item");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final KafkaSettings settings;
    final Pool pool = Korm.pool().layer("main", Sqlite.memory()).open();
    final Broker broker;
    final KafkaProducer<String, byte[]> producer;
    private final List<Gateway> gateways = new ArrayList<>();
    private KafkaService service;

    TestWorld(TestBroker at) {
        String own = "-" + System.nanoTime() + "-" + NUMBER.incrementAndGet();
        settings = KafkaSettings.at(at.address())
                .withGroup("cache" + own)
                .withServing("service" + own)
                .withChanges("server.page.diffs" + own, "server.row.events" + own)
                .withCalls("sql.rpc.requests" + own, Optional.empty())
                .withQueries("server.query.control" + own, "server.page.seed" + own)
                .withRequestTime(Duration.ofSeconds(5))
                // A member that was killed holds up its group no longer than a second.
                .withClient(Map.of("session.timeout.ms", "1000", "heartbeat.interval.ms", "300"));
        broker = new Broker(settings);
        producer = broker.producer();
    }

    static AccessPolicy policy() {
        return AccessPolicy.builder()
                .table(
                        "todos",
                        TableRule.of(TODOS)
                                .rowsWhere("tenant", Identity::tenant)
                                .anyFields()
                                .hide("secret")
                                .allow(Right.READ, Right.ADD, Right.UPDATE, Right.DELETE))
                .table(
                        "plain",
                        TableRule.of(TODOS)
                                .rowsWhere("tenant", Identity::tenant)
                                .anyFields()
                                .allow(Right.READ, Right.ADD))
                .table(
                        "mine",
                        TableRule.of(TODOS)
                                .rowsWhere("owner", Identity::user)
                                .anyFields()
                                .allow(Right.READ))
                .build();
    }

    KafkaService serve() {
        service = KafkaService.start(pool, policy(), Limits.DEFAULT, settings);
        return service;
    }

    Gateway gateway(Optional<CacheSettings> cache) {
        KafkaUpstream upstream = KafkaUpstream.of(settings);
        Gateway gateway = Gateway.builder(cache.map(upstream::withCache).orElse(upstream))
                .authenticator(credentials -> Identity.of(
                        credentials.headers().getOrDefault("x-tenant", "acme"),
                        credentials.headers().getOrDefault("x-user", "fred")))
                .policy(policy())
                .host("127.0.0.1")
                .port(0)
                .start();
        gateways.add(gateway);
        return gateway;
    }

    Gateway gateway() {
        return gateway(Optional.empty());
    }

    void put(String topic, String key, byte[] value, Map<String, String> headers) {
        ProducerRecord<String, byte[]> made = new ProducerRecord<>(topic, key, value);
        headers.forEach((name, text) -> made.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        Broker.send(producer, made);
    }

    /** Returns the records of a topic from its beginning, up to the first that fits. */
    List<ConsumerRecord<String, byte[]>> until(String topic, Predicate<ConsumerRecord<String, byte[]>> fits) {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = broker.consumer(Optional.empty(), "earliest")) {
            Broker.takeAll(consumer, List.of(topic));
            consumer.seekToBeginning(consumer.assignment());
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<String, byte[]> each : consumer.poll(Duration.ofMillis(200))) {
                    all.add(each);
                    if (fits.test(each)) {
                        return all;
                    }
                }
            }
        }
        throw new AssertionError("No such record of " + topic + " among " + all);
    }

    /** Waits until something is so, which no event tells. */
    static void await(String what, BooleanSupplier so) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!so.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() {
        gateways.forEach(Gateway::close);
        if (service != null) {
            service.close();
        }
        producer.close(Duration.ZERO);
        broker.close();
        pool.close();
    }
}
