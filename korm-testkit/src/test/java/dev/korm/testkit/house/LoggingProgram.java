package dev.korm.testkit.house;

import dev.korm.ConflictException;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockTimeoutException;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a pool of one file, and uses it, for {@link LoggingTest} to read what is logged. */
final class LoggingProgram {
    private LoggingProgram() {}

    @Stored(namespace = "shop", kind = "customer")
    record Plain(String name) {}

    @Stored(namespace = "shop", kind = "customer")
    record Customer(
            String name, Unique<String> mail, @Indexed String city) {}

    @Stored(namespace = "shop", kind = "visitor")
    record Visitor(String name, Unique<String> insurance, String room) {}

    @Stored(namespace = "shop", kind = "visitor")
    record Renamed(String fullName, Unique<String> insuranceNumber, int room) {}

    @Stored(namespace = "shop", kind = "pet")
    record Pet(String name) {}

    @Stored(namespace = "shop", kind = "pet")
    record AgedPet(String name, int age) {}

    @Stored(namespace = "shop", kind = "pet")
    record RenamedPet(@Nullable String petName) {}

    public static void main(String[] arguments) {
        Duration slow = Duration.parse(arguments[1]);
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(Path.of(arguments[0])))
                .slowStatements(slow)
                .open()) {
            Korm.item(Plain.class, pool).fromData(new Plain("canary-name")).create();
            Korm.item(Visitor.class, pool)
                    .fromData(new Visitor("canary-name", Unique.of("canary-insurance"), "canary-room"))
                    .create();
            Items<Customer> customers = Korm.item(Customer.class, pool);
            customers
                    .fromData(new Customer("canary-other", Unique.of("canary-mail"), "canary-city"))
                    .create();
            try {
                customers
                        .fromData(new Customer("canary-third", Unique.of("canary-mail"), "canary-city"))
                        .create();
            } catch (dev.korm.DuplicateException expected) {
                System.out.println("DUPLICATE");
            }
            Korm.item(AgedPet.class, pool).prepare();
            Korm.item(AgedPet.class, pool)
                    .fromData(new AgedPet("canary-pet", 3))
                    .create();
            Korm.item(Pet.class, pool).fromData(new Pet("canary-pet")).create();
            Korm.item(AgedPet.class, pool).prepare();
            Korm.item(RenamedPet.class, pool).query().get();
            Korm.item(RenamedPet.class, pool).query().get();
            List<?> found = customers.query().get();
            System.out.println("FOUND " + found.size());
        }
        Korm.pool()
                .layer("main", Sqlite.file(Path.of(arguments[0])))
                .slowStatements(slow)
                .prepare(Renamed.class)
                .open()
                .close();
        happen();
    }

    /** Has a change of two layers, a conflict and locks happen. */
    private static void happen() {
        try (Pool pool = Korm.pool()
                .layer("a", MemoryLayer.create())
                .layer("b", MemoryLayer.create())
                .defaultLayer("a")
                .withWal(MemoryJournal.create())
                .open()) {
            Items<Plain> plain = Korm.item(Plain.class, pool);
            Item<Plain> one = plain.fromData("a", "shop", "customer", new Plain("canary-one"))
                    .create();
            Item<Plain> other = plain.fromData("b", "shop", "customer", new Plain("canary-two"))
                    .create();
            Korm.tx(one.set(Plain::name, "canary-three"), other.set(Plain::name, "canary-four"))
                    .persist();
            try {
                one.set(Plain::name, "canary-five").commit();
            } catch (ConflictException expected) {
                System.out.println("CONFLICT");
            }
            try (Lock held = pool.locks().acquire(one.rn())) {
                pool.locks().acquire(held.name().isEmpty() ? other.rn() : one.rn(), Duration.ofMillis(1));
            } catch (LockTimeoutException expected) {
                System.out.println("TIMEOUT");
            }
        }
    }
}
