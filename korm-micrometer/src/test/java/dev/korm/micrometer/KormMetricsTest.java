package dev.korm.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Meters of a pool over two layers. */
class KormMetricsTest {
    private static final String SECRET = "nobody-may-see-this";

    @Stored(namespace = "people", kind = "user")
    record User(String name) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make, Rn<User> owner) {}

    @Stored(namespace = "people", kind = "note")
    record Note(Encrypted<String> text) {}

    @Test
    void calls_to_depots_are_timed_and_values_that_are_sealed_anew_counted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        KormMetrics metrics = KormMetrics.to(registry);
        MemoryStore people = new MemoryStore();
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        second[0] = 1;
        try (Pool pool = Korm.pool()
                .layer("people", MemoryLayer.on(people))
                .keys(KeyRing.of("k1", Map.of("k1", first)))
                .open()) {
            Korm.item(Note.class, pool).fromData(new Note(Encrypted.of(SECRET))).create();
        }
        try (Pool pool = Korm.pool()
                .layer("people", MemoryLayer.on(people))
                .keys(KeyRing.of("k2", Map.of("k1", first, "k2", second)))
                .depot("files", MemoryDepot.create())
                .listener(metrics)
                .open()) {
            metrics.bind(pool);
            FileRef file = pool.files().create(FileRef.of("files", "a", new byte[] {1}));
            pool.files().delete(file.rn());
            assertThat(registry.get("korm.files")
                            .tags("depot", "files", "operation", "put", "outcome", "done")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("korm.files")
                            .tag("operation", "delete")
                            .timer()
                            .count())
                    .isEqualTo(1);
            pool.keys().rotation().run();
            assertThat(registry.get("korm.secrets.resealed").functionCounter().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void what_happens_is_timed_and_counted_without_values() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        KormMetrics metrics = KormMetrics.to(registry, Tag.of("pool", "test"));
        try (Pool pool = Korm.pool()
                .layer("people", Sqlite.memory())
                .layer("cars", Sqlite.memory())
                .home("people", "people")
                .home("garage", "cars")
                .withWal(MemoryJournal.create())
                .listener(metrics)
                .open()) {
            metrics.bind(pool);
            Items<User> users = Korm.item(User.class, pool);
            Item<User> fred = users.fromData(new User(SECRET)).create();
            Korm.tx(
                            fred.set(User::name, SECRET + "2"),
                            Korm.item(Car.class, pool).fromData(new Car("Citroen", fred.rn())))
                    .persist();
            assertThatThrownBy(() -> fred.set(User::name, SECRET + "3").commit())
                    .isInstanceOf(ConflictException.class);
            pool.locks().acquire(fred.rn()).close();

            long before = registry.get("korm.statements")
                    .tag("layer", "people")
                    .tag("outcome", "done")
                    .timer()
                    .count();
            users.fromRn(fred.rn()).get();
            assertThat(registry.get("korm.statements")
                            .tag("layer", "people")
                            .tag("outcome", "done")
                            .timer()
                            .count())
                    .isEqualTo(before + 1);
            assertThat(registry.get("korm.calls")
                            .tag("layer", "people")
                            .tag("collection", "people:user")
                            .tag("operation", "get")
                            .tag("outcome", "done")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("korm.calls")
                            .tag("operation", "update")
                            .tag("outcome", "failed")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("korm.calls")
                            .tag("operation", "persist")
                            .tag("layer", "several")
                            .tag("collection", "several")
                            .timer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
            assertThat(registry.get("korm.statements")
                            .tag("layer", "cars")
                            .timer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
            assertThat(registry.get("korm.conflicts")
                            .tag("collection", "people:user")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("korm.journal.appends").timer().count()).isPositive();
            assertThat(registry.get("korm.journal.entries").functionCounter().count())
                    .isPositive();
            assertThat(registry.get("korm.changes.stored").functionCounter().count())
                    .isEqualTo(1);
            assertThat(registry.get("korm.locks.acquired").timer().count()).isEqualTo(1);
            assertThat(registry.getMeters()).allSatisfy(meter -> {
                Meter.Id id = meter.getId();
                assertThat(id.getTag("pool")).isEqualTo("test");
                assertThat(id.toString()).doesNotContain(SECRET);
            });
        }
    }
}
