package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements that versions cost, once the tables are known: a fixed number, however many items are changed at once. */
class HistoryStatementsTest {
    private static final int MANY = 1000;

    @Stored(namespace = "cars", kind = "suv")
    record Car(String make, int lot) {}

    private enum Store {
        SQLITE {
            @Override
            LayerSource layer(Path folder) {
                return Sqlite.file(folder.resolve(UUID.randomUUID() + ".sqlite"));
            }
        },
        POSTGRES {
            @Override
            LayerSource layer(Path folder) {
                return PostgresServer.in(PostgresServer.newSchema(), PostgresServer.port());
            }
        },
        MARIADB {
            @Override
            LayerSource layer(Path folder) {
                return MySql.url(MySqlTestServer.url(MySqlTestServer.newDatabase()));
            }
        };

        abstract LayerSource layer(Path folder);
    }

    @TempDir
    Path folder;

    private final List<SentStatement> sent = new CopyOnWriteArrayList<>();

    /** Returns the statements about versions that an act is, each as its first word and its rows. */
    private List<String> ofVersions(Runnable act) {
        sent.clear();
        act.run();
        return sent.stream()
                .filter(each -> each.text().contains("__korm_history__"))
                .map(each ->
                        each.text().substring(0, each.text().indexOf(' ')) + (each.rows() < 0 ? "" : " " + each.rows()))
                .toList();
    }

    private static List<FloatingItem<Car>> many(Items<Car> cars) {
        List<FloatingItem<Car>> many = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            many.add(cars.fromData(new Car("Fiat", i)));
        }
        return many;
    }

    @ParameterizedTest
    @EnumSource
    void all_versions_of_a_change_are_one_statement(Store store) {
        PoolListener listener = new PoolListener() {
            @Override
            public void statement(SentStatement statement) {
                sent.add(statement);
            }
        };
        try (Pool pool = Korm.pool()
                .layer("main", store.layer(folder))
                .withHistory()
                .listener(listener)
                .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> one = cars.fromData(new Car("Opel", 1)).create();
            assertThat(ofVersions(() -> cars.fromData(new Car("Opel", 2)).create()))
                    .containsExactly("INSERT 1");
            assertThat(ofVersions(() -> one.set(Car::lot, 3).commit()))
                    .as("a look at what is kept already, and the version")
                    .containsExactly("SELECT 1", "INSERT 1");
            assertThat(ofVersions(() -> Korm.createAll(many(cars)))).containsExactly("INSERT " + MANY);
            List<Item<Car>> some = cars.query().limit(MANY).get();
            List<String> change = ofVersions(() -> Korm.tx(some.stream()
                            .map(car -> car.set(Car::make, "Tatra"))
                            .toList())
                    .persist());
            assertThat(change).last().isEqualTo("INSERT " + MANY);
            // A server whose answer is long may be asked a second time, for all of it.
            assertThat(change)
                    .hasSizeBetween(2, 3)
                    .filteredOn(each -> each.startsWith("INSERT"))
                    .hasSize(1);
        }
    }

    @Stored(namespace = "cars", kind = "suv")
    record PaintedCar(String make, int lot, @Nullable String paint) {}

    /** What reads the row of one item is kept ready; a column that came since belongs to the version all the same. */
    @ParameterizedTest
    @EnumSource
    void a_version_holds_a_column_that_another_program_has_added_meanwhile(Store store) {
        LayerSource layer = store.layer(folder);
        try (Pool older = Korm.pool().layer("main", layer).withHistory().open()) {
            Items<Car> cars = Korm.item(Car.class, older);
            Item<Car> car = cars.fromData(new Car("Opel", 1)).create();
            car = car.set(Car::lot, 2).commit();
            try (Pool newer = Korm.pool().layer("main", layer).withHistory().open()) {
                Items<PaintedCar> painted = Korm.item(PaintedCar.class, newer);
                Rn<PaintedCar> rn = painted.query().first().orElseThrow().rn();
                painted.fromRn(rn).get().set(PaintedCar::paint, "red").commit();
                cars.fromRn(car.rn()).get().set(Car::lot, 3).commit();
                assertThat(painted.history(rn).newest(1).get(0).data()).contains(new PaintedCar("Opel", 3, "red"));
            }
        }
    }
}
