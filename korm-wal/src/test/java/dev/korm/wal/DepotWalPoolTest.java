package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.file.SweepReport;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.memory.MemoryDepot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool whose journal is in one of its depots. */
@NullUnmarked // Tests dereference what they expect to be there.
class DepotWalPoolTest {
    record Owner(String name) {}

    record Car(String make, Rn<Owner> owner, @Nullable FileRef photo) {}

    @TempDir
    Path folder;

    private Pool open() {
        return Korm.pool()
                .layer("left", Sqlite.file(folder.resolve("left.sqlite")))
                .layer("right", Sqlite.file(folder.resolve("right.sqlite")))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .withWal(Wal.in("files").namespace("demo"))
                .open();
    }

    @Test
    void a_change_of_two_layers_and_a_file_is_journaled_beside_the_files_and_a_sweep_leaves_the_log_alone() {
        for (int round = 0; round < 3; round++) {
            try (Pool pool = open()) {
                assertThat(pool.recovery().atOpening().found()).isZero();
                Items<Owner> owners = Korm.item(Owner.class, pool);
                Items<Car> cars = Korm.item(Car.class, pool);
                var owner = owners.fromData("left", "people", "owner", new Owner("Fred"));
                var photo =
                        FileRef.of("files", "cars/photo" + round, ("photo " + round).getBytes(StandardCharsets.UTF_8));
                Korm.tx(owner, cars.fromData("right", "cars", "car", new Car("Citroen", owner.rn(), photo)))
                        .persist();
                SweepReport swept = pool.sweep().grace(Duration.ZERO).run();
                assertThat(swept.missing()).isZero();
                for (Item<Car> car : cars.fromQuery("right", "cars", "car").get()) {
                    assertThat(new String(
                                    pool.files().get(car.data().photo().rn()).bytes(), StandardCharsets.UTF_8))
                            .startsWith("photo");
                }
                assertThat(pool.files().list(Rn.prefix("files")).toList()).hasSize(round + 1);
            }
        }
    }

    @Test
    void a_pool_without_such_a_depot_is_refused() {
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .withWal(Wal.in("files"))
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"files\"");
    }

    @Test
    void an_opening_of_another_pool_does_not_list_the_logs_that_are_in_a_depot() {
        MemoryDepot store = MemoryDepot.create();
        try (Pool pool = Korm.pool()
                .layer("left", Sqlite.memory())
                .layer("right", Sqlite.memory())
                .depot("files", store)
                .withWal(Wal.in("files"))
                .open()) {
            Items<Owner> owners = Korm.item(Owner.class, pool);
            for (int i = 0; i < 10; i++) {
                Korm.tx(
                                owners.fromData("left", "people", "owner", new Owner("Fred")),
                                owners.fromData("right", "people", "owner", new Owner("Wilma")))
                        .persist();
            }
            FaultyDepot counted = FaultyDepot.around(store);
            Korm.pool()
                    .layer("main", Sqlite.memory())
                    .depot("files", counted)
                    .open()
                    .close();
            // The namespaces, their pools, the unfinished records of the original, and what is staged; by no list of
            // all.
            assertThat(counted.calls(Call.LIST)).isEqualTo(4);
        }
    }
}
