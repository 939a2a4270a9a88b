package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.history.UndoRefusedException;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.journal.JournalSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Journals of both forms whose pools keep the bytes of files. */
class FileRecordingTest {
    @TempDir
    Path folder;

    /** A car with a photo. */
    @Stored(namespace = "cars", kind = "car")
    record Car(String make, FileRef photo) {}

    /** The forms of a journal. */
    enum Form {
        FOLDER {
            @Override
            JournalSource journal(Path folder, FileRecording files) {
                return Wal.at(folder.resolve("journal")).files(files).retention(JournalRetention.KEEP);
            }
        },
        DEPOT {
            @Override
            JournalSource journal(Path folder, FileRecording files) {
                return Wal.in("files")
                        .files(files)
                        .namespace("demo")
                        .retention(JournalRetention.KEEP)
                        .lease(Duration.ofSeconds(9));
            }
        };

        abstract JournalSource journal(Path folder, FileRecording files);
    }

    private PoolBuilder builder(String name, JournalSource journal) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve(name + ".sqlite")))
                .depot("files", LocalDepot.at(folder.resolve(name)))
                .withHistory()
                .withWal(journal);
    }

    private static FileRef photo(String content) {
        return FileRef.of("files", "photo", content.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Pool pool) {
        return pool.files().get(Rn.file("files", "photo")).text();
    }

    private static String last(Pool pool, Rn<Car> car) {
        return Korm.item(Car.class, pool)
                .history(car)
                .newest(1)
                .get(0)
                .transaction()
                .orElseThrow();
    }

    private static Rn<Car> changed(Pool pool) {
        Items<Car> cars = Korm.item(Car.class, pool);
        Item<Car> car = cars.fromData(new Car("Citroen", photo("first"))).create();
        car.set(Car::photo, photo("second")).commit();
        return car.rn();
    }

    @ParameterizedTest
    @EnumSource
    void a_pool_that_is_opened_by_what_it_knows_of_itself_goes_on_keeping_them(Form form) {
        Rn<Car> car;
        try (Pool pool = builder("data", form.journal(folder, FileRecording.RECORD))
                .withMeta("main")
                .open()) {
            car = changed(pool);
        }
        try (Pool pool =
                Korm.discover(Sqlite.file(folder.resolve("data.sqlite"))).open()) {
            pool.history().undo(last(pool, car));
            assertThat(text(pool)).isEqualTo("first");
            assertThat(pool.sweep().grace(Duration.ZERO).run().leftovers()).isZero();
            pool.history().undo(last(pool, car));
            assertThat(text(pool)).isEqualTo("second");
        }
        try (Pool pool = builder("data", form.journal(folder, FileRecording.OFF))
                .withMeta("main")
                .open()) {
            assertThat(pool.files().history(Rn.file("files", "photo")))
                    .as("What was kept stays")
                    .hasSize(4);
        }
    }

    @Test
    void without_it_the_bytes_stay_as_they_are() {
        try (Pool pool =
                builder("data", Form.FOLDER.journal(folder, FileRecording.OFF)).open()) {
            Rn<Car> car = changed(pool);
            pool.history().undo(last(pool, car));
            assertThat(text(pool)).isEqualTo("second");
            assertThat(pool.files().history(Rn.file("files", "photo"))).isEmpty();
        }
    }

    @Test
    void a_backup_with_history_and_files_has_the_bytes_of_then_too() {
        KeyRing ring = KeyRing.of("one", Map.of("one", new byte[32]));
        LocalDepot backups = LocalDepot.at(folder.resolve("backups"));
        Rn<Car> car;
        String change;
        BackupInfo backup;
        BackupInfo without;
        try (Pool pool = builder("data", Form.FOLDER.journal(folder, FileRecording.RECORD))
                .depot("backups", backups)
                .keys(ring)
                .open()) {
            car = changed(pool);
            change = last(pool, car);
            backup = pool.backups().run("backups", BackupOptions.defaults().withFiles());
            without = pool.backups()
                    .run("backups", BackupOptions.defaults().withFiles().withoutHistory());
        }
        try (Pool pool = builder("restored", Wal.at(folder.resolve("other")).files(FileRecording.RECORD))
                .depot("backups", backups)
                .keys(ring)
                .open()) {
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            assertThat(text(pool)).isEqualTo("second");
            assertThat(pool.sweep().grace(Duration.ZERO).run().leftovers()).isZero();
            pool.history().undo(change);
            assertThat(text(pool)).isEqualTo("first");
        }
        try (Pool pool = builder("bare", Wal.at(folder.resolve("bare-log")).files(FileRecording.RECORD))
                .depot("backups", backups)
                .keys(ring)
                .open()) {
            pool.backups().restore(without.id(), RestoreOptions.replace());
            assertThat(text(pool)).isEqualTo("second");
            assertThat(folder.resolve("bare/__korm_history__")).doesNotExist();
        }
    }

    private static String text(Pool pool, String name) {
        return pool.files().get(Rn.file("files", name)).text();
    }

    private static FileRef file(String name, String content) {
        return FileRef.of("files", name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a moment behind all that has happened and before all that comes. */
    private static Instant moment() {
        Instant moment = Instant.now();
        while (!Instant.now().isAfter(moment.plusMillis(2))) {
            Thread.onSpinWait();
        }
        return moment;
    }

    @ParameterizedTest
    @EnumSource
    void a_backup_as_of_a_moment_has_the_bytes_of_then(Form form) {
        try (Pool pool = builder("data", form.journal(folder, FileRecording.RECORD))
                .depot("backups", LocalDepot.at(folder.resolve("backups")))
                .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> car = cars.fromData(new Car("Citroen", photo("first"))).create();
            FileRef gone = pool.files().create(file("gone", "was here"));
            pool.files().create(file("same", "as ever"));
            Instant then = moment();
            car.set(Car::photo, photo("second")).commit();
            pool.files().delete(gone.rn());
            pool.files().create(file("later", "not yet there"));

            BackupInfo earlier = pool.backups()
                    .asOf(then, "backups", BackupOptions.defaults().withFiles());
            RestoreReport back = pool.backups().restore(earlier.id(), RestoreOptions.replace());

            assertThat(back.files()).isEqualTo(2);
            assertThat(text(pool)).isEqualTo("first");
            assertThat(text(pool, "gone")).isEqualTo("was here");
            assertThat(text(pool, "same")).isEqualTo("as ever");
            // The history goes on, and knows that the bytes are others since.
            Instant restored = moment();
            pool.files().store(photo("third"));
            assertThat(photoAsOf(pool, car.rn(), restored)).isEqualTo("first");
            assertThat(photoAsOf(pool, car.rn(), then)).isEqualTo("first");

            pool.backups().restore(back.safety(), RestoreOptions.replace());
            assertThat(text(pool)).isEqualTo("second");
        }
    }

    private static String photoAsOf(Pool pool, Rn<Car> car, Instant moment) {
        return Korm.item(Car.class, pool)
                .asOf(moment)
                .fromRn(car)
                .resolvePaths("photo")
                .get()
                .data()
                .photo()
                .text();
    }

    @Test
    void an_increment_has_the_bytes_of_its_moment() {
        try (Pool pool = builder("data", Form.FOLDER.journal(folder, FileRecording.RECORD))
                .depot("backups", LocalDepot.at(folder.resolve("backups")))
                .open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            Item<Car> car = cars.fromData(new Car("Citroen", photo("first"))).create();
            BackupOptions incremental = BackupOptions.defaults().withFiles().incremental();
            BackupInfo full = pool.backups().run("backups", incremental);
            car = car.set(Car::photo, photo("second")).commit();
            BackupInfo second = pool.backups().run("backups", incremental);
            car.set(Car::photo, photo("third")).commit();
            BackupInfo third = pool.backups().run("backups", incremental);
            assertThat(third.base()).contains(second.id());

            for (BackupInfo each : List.of(full, third, second)) {
                pool.backups().restore(each.id(), RestoreOptions.replace());
                String expected = each == full ? "first" : each == second ? "second" : "third";
                assertThat(text(pool)).isEqualTo(expected);
                assertThat(photoAsOf(pool, car.rn(), moment())).isEqualTo(expected);
            }
        }
    }

    @Test
    void without_recording_a_backup_as_of_a_moment_holds_no_files() {
        try (Pool pool =
                builder("data", Form.FOLDER.journal(folder, FileRecording.OFF)).open()) {
            changed(pool);
            Instant then = moment();
            assertThatThrownBy(() -> pool.backups()
                            .asOf(then, "files", BackupOptions.defaults().withFiles()))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("FileRecording.RECORD");
        }
    }

    @Test
    void bytes_that_somebody_took_away_by_hand_are_missed_by_name() {
        try (Pool pool = builder("data", Form.FOLDER.journal(folder, FileRecording.RECORD))
                .open()) {
            Rn<Car> car = changed(pool);
            try (var kept = pool.depot("files").list(Rn.prefix("files", "__korm_history__"))) {
                kept.toList().forEach(entry -> pool.depot("files").delete(entry.rn()));
            }
            String change = last(pool, car);
            assertThatThrownBy(() -> pool.history().undo(change))
                    .isInstanceOf(UndoRefusedException.class)
                    .hasMessageContaining("photo");
            assertThat(text(pool)).isEqualTo("second");
            pool.files().store(photo("third"));
            assertThat(text(pool)).isEqualTo("third");
        }
    }
}
