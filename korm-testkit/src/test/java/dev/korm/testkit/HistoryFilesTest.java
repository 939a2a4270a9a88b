package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.history.UndoRefusedException;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Undoing changes of items that name files, whose bytes no history keeps. */
class HistoryFilesTest {
    /** A car with a photo. */
    @Stored(namespace = "cars", kind = "car")
    record Car(String make, FileRef photo) {}

    private static FileRef photo(String name, String content) {
        return FileRef.of("files", name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Pool pool(FileRelease release) {
        return Korm.pool()
                .layer("main", MemoryLayer.create())
                .depot("files", MemoryDepot.create(), release)
                .withHistory()
                .open();
    }

    private static String last(Items<Car> cars, Item<Car> car) {
        return cars.history(car.rn()).newest(1).get(0).transaction().orElseThrow();
    }

    @Test
    void a_deletion_is_undone_while_the_bytes_are_there() {
        try (Pool pool = pool(FileRelease.after(Duration.ofDays(1)))) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> car = cars.fromData(new Car("Citroen", photo("front", "front of it")))
                    .create();
            car.delete();
            pool.history().undo(last(cars, car));
            FileRef again = cars.fromRn(car.rn()).get().data().photo();
            assertThat(pool.file(again).bytes()).isEqualTo("front of it".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void a_deletion_whose_bytes_are_gone_is_not_undone_and_the_file_is_named() {
        try (Pool pool = pool(FileRelease.DELETE)) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> car = cars.fromData(new Car("Citroen", photo("front", "front of it")))
                    .create();
            car.delete();
            assertThatThrownBy(() -> pool.history().undo(last(cars, car)))
                    .isInstanceOf(UndoRefusedException.class)
                    .hasMessageContaining("front");
            assertThat(cars.fromRn(car.rn()).find()).isEmpty();
        }
    }
}
