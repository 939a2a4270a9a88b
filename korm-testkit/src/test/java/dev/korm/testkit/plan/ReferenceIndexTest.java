package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.ModelException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.event.PreparationProgress;
import dev.korm.schema.Unindexed;
import dev.korm.testkit.plan.ReferenceFilterPlanTest.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** References of the record itself have an index unless they say no, and existing tables get it by preparing. */
@NullUnmarked // Tests dereference what they expect to be there.
class ReferenceIndexTest {
    record User(String name) {}

    record Car(String name, @Nullable Rn<User> owner) {}

    record PlainCar(String name, @Unindexed @Nullable Rn<User> owner) {}

    record OptionalCar(String name, Optional<Rn<User>> owner) {}

    @Indexed("owner")
    record TwiceCar(String name, Rn<User> owner) {}

    record Contradiction(@Indexed @Unindexed Rn<User> owner) {}

    record Pointless(@Unindexed String name) {}

    private static <T> Items<T> items(Pool pool, Class<T> type) {
        return Korm.item(type, pool);
    }

    private static <T> String plan(Items<T> cars, Rn<User> owner) {
        return cars.fromQuery("main", "cars", "car")
                .where(eq("owner", owner))
                .explain()
                .toString()
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isIndexed(Store store, String plan) {
        return switch (store) {
            case SQLITE -> plan.contains("search s0");
            case POSTGRES -> plan.contains("index scan");
            case MARIADB -> plan.contains("range") || plan.contains("ref");
        };
    }

    private static <T> void fill(Items<T> cars, Function<String, T> make) {
        List<FloatingItem<T>> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(cars.fromData("main", "cars", "car", make.apply("car " + i)));
        }
        Korm.createAll(many);
    }

    @ParameterizedTest
    @EnumSource
    void an_existing_table_gets_the_index_by_preparing_and_by_no_write(Store store) {
        try (Pool pool = store.open()) {
            Rn<User> owner = items(pool, User.class)
                    .fromData("main", "cars", "user", new User("Ada"))
                    .create()
                    .rn();
            Items<PlainCar> plain = items(pool, PlainCar.class);
            fill(plain, name -> new PlainCar(name, name.endsWith("77") ? owner : null));
            assertThat(advice(plain, owner)).anyMatch(sentence -> sentence.contains("owner"));

            Items<Car> cars = items(pool, Car.class);
            cars.fromData("main", "cars", "car", new Car("one more", owner)).create();
            assertThat(advice(cars, owner)).as("after a write").anyMatch(sentence -> sentence.contains("owner"));

            List<PreparationProgress> told = new ArrayList<>();
            cars.prepare(Rn.<Car>collection("cars", "car").from("main"), told::add);
            assertThat(told).extracting(PreparationProgress::fields).containsExactly("owner", "owner");
            assertThat(told).extracting(PreparationProgress::done).containsExactly(0L, 2_001L);
            assertThat(advice(cars, owner)).isEmpty();
            assertThat(plan(cars, owner)).matches(found -> isIndexed(store, found));
            assertThat(cars.fromQuery("main", "cars", "car")
                            .where(eq("owner.name", "Ada"))
                            .count())
                    .isEqualTo(21);

            told.clear();
            cars.prepare(Rn.<Car>collection("cars", "car").from("main"), told::add);
            assertThat(told).isEmpty();
        }
    }

    private static <T> List<String> advice(Items<T> cars, Rn<User> owner) {
        return cars.fromQuery("main", "cars", "car")
                .where(eq("owner", owner))
                .explain()
                .advice();
    }

    @ParameterizedTest
    @EnumSource
    void a_new_table_has_it_at_once(Store store) {
        try (Pool pool = store.open()) {
            Rn<User> owner = items(pool, User.class)
                    .fromData("main", "cars", "user", new User("Ada"))
                    .create()
                    .rn();
            Items<OptionalCar> cars = items(pool, OptionalCar.class);
            fill(cars, name -> new OptionalCar(name, name.endsWith("77") ? Optional.of(owner) : Optional.empty()));
            assertThat(advice(cars, owner)).isEmpty();
            assertThat(plan(cars, owner)).matches(found -> isIndexed(store, found));
        }
    }

    @Test
    void one_that_is_declared_on_the_record_too_is_one() {
        try (Pool pool = Store.SQLITE.open()) {
            Items<TwiceCar> cars = items(pool, TwiceCar.class);
            fill(cars, name -> new TwiceCar(name, Rn.parse("[rn]:cars:user:" + UUID.randomUUID(), User.class)));
            assertThat(cars.fromQuery("main", "cars", "car").count()).isEqualTo(2_000);
        }
    }

    @Test
    void a_contradiction_is_refused() {
        try (Pool pool = Store.SQLITE.open()) {
            assertThatThrownBy(() -> items(pool, Contradiction.class)
                            .fromData("main", "cars", "wrong", new Contradiction(null))
                            .create())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("Contradiction.owner")
                    .hasMessageContaining("leave one of them out");
            assertThatThrownBy(() -> items(pool, Pointless.class)
                            .fromData("main", "cars", "wrong", new Pointless("x"))
                            .create())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("only a field of type Rn");
        }
    }
}
