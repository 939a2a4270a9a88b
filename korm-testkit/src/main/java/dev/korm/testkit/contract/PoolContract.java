package dev.korm.testkit.contract;

import dev.korm.Document;
import dev.korm.Indexed;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.LeakCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool of one layer, {@code main}, and the records that the contracts keep in it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class PoolContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    protected @Nullable Pool opened;

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource source();

    @BeforeEach
    void openPool() {
        opened = Korm.pool().layer("main", leaks.watch(source())).open();
    }

    @AfterEach
    void closePool() {
        pool().close();
    }

    /** Returns the pool of the test. */
    protected final Pool pool() {
        if (opened == null) {
            throw new IllegalStateException("The pool is opened before each test");
        }
        return opened;
    }

    /** A user. */
    @Stored(namespace = "users", kind = "freetier")
    public record User(
            String firstName,
            @Nullable String lastName,
            Unique<String> username,
            @Nullable Rn<User> boss,
            List<Address> addresses) {
        /** Returns a user without boss and addresses. */
        public static User of(String firstName, String username) {
            return new User(firstName, null, Unique.of(username), null, List.of());
        }

        /** Returns the user with a boss. */
        public User withBoss(Rn<User> other) {
            return new User(firstName, lastName, username, other, addresses);
        }

        /** Returns the user with addresses. */
        public User withAddresses(Address... more) {
            return new User(firstName, lastName, username, boss, List.of(more));
        }
    }

    /** The address of a user. */
    public record Address(String city, @Nullable String zip, int since) {}

    /** A car. */
    @Stored(namespace = "cars", kind = "suv")
    @Indexed("engine.fuel")
    public record Car(
            @Indexed String make,
            @Nullable String model,
            @Indexed int year,
            @Indexed @Nullable Rn<User> owner,
            @Nullable Double price,
            boolean registered,
            List<String> tags,
            List<Rn<User>> drivers,
            @Nullable Engine engine,
            Map<String, Integer> marks,
            Optional<String> note) {
        /** Returns a car with little about it. */
        public static Car of(String make, int year) {
            return new Car(make, null, year, null, null, false, List.of(), List.of(), null, Map.of(), Optional.empty());
        }

        /** Returns the car with an owner. */
        public Car withOwner(@Nullable Rn<User> other) {
            return new Car(make, model, year, other, price, registered, tags, drivers, engine, marks, note);
        }

        /** Returns the car with drivers. */
        public Car withDrivers(List<Rn<User>> others) {
            return new Car(make, model, year, owner, price, registered, tags, others, engine, marks, note);
        }

        /** Returns the car with tags. */
        public Car withTags(String... more) {
            return new Car(make, model, year, owner, price, registered, List.of(more), drivers, engine, marks, note);
        }

        /** Returns the car with a price. */
        public Car withPrice(@Nullable Double other) {
            return new Car(make, model, year, owner, other, registered, tags, drivers, engine, marks, note);
        }

        /** Returns the car with an engine. */
        public Car withEngine(@Nullable Engine other) {
            return new Car(make, model, year, owner, price, registered, tags, drivers, other, marks, note);
        }

        /** Returns the car with marks. */
        public Car withMarks(Map<String, Integer> others) {
            return new Car(make, model, year, owner, price, registered, tags, drivers, engine, others, note);
        }

        /** Returns the car with a model. */
        public Car withModel(@Nullable String other) {
            return new Car(make, other, year, owner, price, registered, tags, drivers, engine, marks, note);
        }
    }

    /** The engine of a car. */
    public record Engine(String fuel, int power, @Nullable Rn<User> mechanic) {}

    /** Returns the users. */
    protected final Items<User> users() {
        return Korm.item(User.class, pool());
    }

    /** Returns the cars. */
    protected final Items<Car> cars() {
        return Korm.item(Car.class, pool());
    }

    /** Data without a record. */
    protected final Items<Document> documents() {
        return Korm.item(Document.class, pool());
    }
}
