package dev.korm.testkit.plan;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Filter.startsWith;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters through references within one layer: the database finds those that are named first. */
@NullUnmarked // Tests dereference what they expect to be there.
class ReferenceFilterPlanTest {
    private static final int USERS = 100;
    private static final int CARS = 2_000;

    record Firm(String title) {}

    record User(String username, int age, Rn<Firm> firm) {}

    record Car(String name, Rn<User> owner) {}

    record IndexedCar(String name, @Indexed Rn<User> owner) {}

    enum Store {
        SQLITE,
        POSTGRES,
        MARIADB;

        Pool open() {
            return Korm.pool()
                    .layer(
                            "main",
                            switch (this) {
                                case SQLITE -> Sqlite.memory();
                                case POSTGRES -> PostgresServer.in(PostgresServer.newSchema());
                                case MARIADB ->
                                    MySql.dataSource(BoundedDataSource.of(
                                            MySqlTestServer.driverUrl(MySqlTestServer.newDatabase()), 4));
                            })
                    .open();
        }
    }

    private static <T> Query<T> fill(Pool pool, Class<T> type, java.util.function.BiFunction<String, Rn<User>, T> car) {
        List<Item<Firm>> firms = Korm.createAll(List.of(
                Korm.item(Firm.class, pool).fromData("main", "cars", "firm", new Firm("Firm 0")),
                Korm.item(Firm.class, pool).fromData("main", "cars", "firm", new Firm("Firm 1"))));
        List<FloatingItem<User>> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            users.add(Korm.item(User.class, pool)
                    .fromData(
                            "main",
                            "cars",
                            "user",
                            new User("user " + i, i, firms.get(i % 2).rn())));
        }
        List<Item<User>> made = Korm.createAll(users);
        List<FloatingItem<T>> cars = new ArrayList<>();
        for (int i = 0; i < CARS; i++) {
            Rn<User> owner = made.get(i % USERS).rn();
            // Some without the layer, some with a mod that means nothing, some with none at all.
            Rn<User> spelt = i % 4 == 1 ? owner.without(Rn.FROM) : i % 4 == 2 ? owner.with("color", "red") : owner;
            cars.add(Korm.item(type, pool)
                    .fromData("main", "cars", "car", car.apply("car " + i, i % 50 == 49 ? null : spelt)));
        }
        Korm.createAll(cars);
        return Korm.item(type, pool).fromQuery("main", "cars", "car");
    }

    private static String statement(Query<?> query) {
        return query.explain().steps().get(0).statement();
    }

    private static String plan(Query<?> query) {
        return query.explain().toString();
    }

    @ParameterizedTest
    @EnumSource
    void a_filter_through_a_reference_is_a_subquery_and_no_join(Store store) {
        try (Pool pool = store.open()) {
            Query<Car> cars = fill(pool, Car.class, Car::new);
            for (Query<Car> asked : List.of(
                    cars.where(eq("owner.username", "user 7")),
                    cars.where(not(eq("owner.username", "user 7"))),
                    cars.where(eq("owner.username", "user 7").and(eq("owner.age", 7))),
                    cars.where(eq("owner.firm.title", "Firm 1").and(startsWith("name", "car 1"))),
                    cars.where(or(eq("owner.username", "user 7"), eq("name", "car 1"))))) {
                assertThat(statement(asked)).contains("IN (SELECT").doesNotContain("LEFT JOIN");
            }
            assertThat(statement(cars.where(isNull("owner.username")))).contains("LEFT JOIN");
            assertThat(statement(cars.where(eq("owner.username", "user 7")).orderBy(asc("owner.age"))))
                    .contains("LEFT JOIN")
                    .contains("IN (SELECT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_index_of_the_reference_finds_the_items_that_name_the_few(Store store) {
        try (Pool pool = store.open()) {
            Query<IndexedCar> cars = fill(pool, IndexedCar.class, IndexedCar::new);
            Query<IndexedCar> asked = cars.where(eq("owner.username", "user 7"));
            String plan = plan(asked).toLowerCase(Locale.ROOT);
            switch (store) {
                case SQLITE -> assertThat(plan).contains("search s0").doesNotContain("scan s0");
                case POSTGRES -> {}
                case MARIADB -> assertThat(plan).contains("s0");
            }
            assertThat(asked.count()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_answers_are_those_of_a_join(Store store) {
        try (Pool pool = store.open()) {
            Query<Car> plain = fill(pool, Car.class, Car::new);
            check(plain);
        }
        try (Pool pool = store.open()) {
            check(fill(pool, IndexedCar.class, IndexedCar::new));
        }
    }

    private static void check(Query<?> cars) {
        assertThat(cars.where(eq("owner.username", "user 7")).count()).isEqualTo(20);
        assertThat(cars.where(eq("owner.username", "user 49")).count()).isZero();
        assertThat(cars.where(not(eq("owner.username", "user 7"))).count()).isEqualTo(CARS - 40 - 20);
        assertThat(cars.where(isNull("owner.username")).count()).isEqualTo(40);
        assertThat(cars.where(not(isNull("owner.username"))).count()).isEqualTo(CARS - 40);
        assertThat(cars.where(eq("owner.firm.title", "Firm 0")).count()).isEqualTo(1_000);
        assertThat(cars.where(eq("owner.firm.title", "Firm 0").and(not(eq("owner.age", 8))))
                        .count())
                .isEqualTo(980);
        assertThat(cars.where(or(eq("owner.username", "user 7"), eq("name", "car 49"), isNull("owner.age")))
                        .count())
                .isEqualTo(60);
        assertThat(cars.where(eq("owner.username", "user 7").and(isNull("owner.firm.title")))
                        .count())
                .isZero();
    }
}
