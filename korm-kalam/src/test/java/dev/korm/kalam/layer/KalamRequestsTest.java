package dev.korm.kalam.layer;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.kalam.KalamServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of requests that calls make, and what is left when their answers are lost. */
class KalamRequestsTest {
    private final KalamServer server = KalamServer.start();
    private Pool pool;

    @Stored(namespace = "cars", kind = "suv")
    record Car(String make, int year) {}

    @BeforeEach
    void open() {
        pool = opened();
        // The first of a collection makes its table.
        car(new Car("Saab", 1990)).create();
    }

    private Items<Car> cars() {
        return Korm.item(Car.class, pool);
    }

    private FloatingItem<Car> car(Car data) {
        return cars().fromData(data);
    }

    private Pool opened() {
        return Korm.pool()
                .layer("live", Kalam.namespace(server.url(), "app").auth(Auth.basic("admin", server.password())))
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
        server.close();
    }

    private long cost(Callable<?> call) throws Exception {
        long before = server.requests();
        call.call();
        return server.requests() - before;
    }

    @Test
    void a_creation_a_reading_by_rn_and_a_commit_are_a_request_each() throws Exception {
        assertThat(cost(() -> car(new Car("Volvo", 2024)).create())).isOne();
        Item<Car> car = car(new Car("Volvo", 2024)).create();
        Rn<Car> rn = car.rn();
        assertThat(cost(() -> cars().fromRn(rn).get())).isOne();
        Item<Car> read = cars().fromRn(rn).get();
        assertThat(cost(() -> read.set(Car::year, 2025).commit())).isOne();
        List<Item<Car>> two = List.of(read, cars().fromRn(rn).get());
        assertThat(two).hasSize(2);
        assertThat(cost(() -> pool.transaction(tx -> {
                    tx.item(Car.class).fromData(new Car("One", 1)).create();
                    tx.item(Car.class).fromData(new Car("Two", 2)).create();
                    return true;
                })))
                .isOne();
    }

    @Test
    void a_commit_whose_answer_is_lost_is_found_in_the_ledger() {
        server.faults().loseAnswer();
        Item<Car> car = car(new Car("Volvo", 2024)).create();
        assertThat(cars().fromRn(car.rn()).get().data().make()).isEqualTo("Volvo");
        assertThat(cars().query().count()).isEqualTo(2);
    }

    @Test
    void the_number_of_a_commit_that_may_come_yet_is_given_away() {
        try (KalamClient admin = KalamClient.builder()
                .url(server.url())
                .auth(Auth.basic("admin", server.password()))
                .build()) {
            long before = newest(admin);
            server.faults().answer(504, "{}");
            car(new Car("Volvo", 2024)).create();
            assertThat(newest(admin))
                    .as("behind an empty commit, in whose place the lost one never comes")
                    .isEqualTo(before + 2);
            assertThat(cars().query().count()).isEqualTo(2);
        }
    }

    private static long newest(KalamClient admin) {
        return admin.queryOne("SELECT MAX(n) AS n FROM app.korm_ledger")
                .orElseThrow()
                .getLong("n");
    }

    @Test
    void hundreds_of_commits_are_all_there_for_another_program() {
        List<Rn<Car>> all = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            all.add(car(new Car("Car " + i, i)).create().rn());
        }
        cars().fromRn(all.get(7)).get().delete();
        try (Pool other = opened()) {
            assertThat(Korm.item(Car.class, other).query().count()).isEqualTo(150);
            assertThat(Korm.item(Car.class, other)
                            .fromRn(all.get(140))
                            .get()
                            .data()
                            .year())
                    .isEqualTo(140);
            assertThat(Korm.item(Car.class, other).query().where(eq("year", 7)).count())
                    .isZero();
        }
    }

    @Test
    void a_flush_of_the_server_brings_nothing_back() {
        Item<Car> car = car(new Car("Volvo", 2024)).create();
        try (KalamClient admin = KalamClient.builder()
                .url(server.url())
                .auth(Auth.basic("admin", server.password()))
                .build()) {
            admin.query("STORAGE FLUSH TABLE app.korm_rows");
            admin.query("STORAGE FLUSH TABLE app.korm_ledger");
            car.delete();
            car(new Car("Fiat", 1)).create();
            admin.query("STORAGE FLUSH TABLE app.korm_rows");
            admin.query("STORAGE FLUSH TABLE app.korm_ledger");
        }
        try (Pool other = opened()) {
            assertThat(Korm.item(Car.class, other).query().count()).isEqualTo(2);
        }
    }
}
