package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.Verification.Depth;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    @TempDir
    Path folder;

    private BackupWorld world;

    @BeforeEach
    void world() {
        world = new BackupWorld(folder);
    }

    @Test
    void an_empty_pool_restored_has_the_same_items_and_revisions() {
        Map<String, String> before;
        BackupInfo backup;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 3000);
            before = BackupWorld.state(pool);
            backup = pool.backups().run("files", BackupOptions.defaults().verify(Depth.FULL));
            assertThat(backup.items()).isEqualTo(6000);
            assertThat(backup.verified().orElseThrow().depth()).isEqualTo(Depth.FULL);
            assertThat(pool.backups().list("files")).containsExactly(backup);
        }
        try (Pool other = world.open("two")) {
            RestoreReport report = other.backups().restore(backup.id(), RestoreOptions.replace());
            assertThat(report.created()).isEqualTo(6000);
            assertThat(BackupWorld.state(other)).isEqualTo(before);
            assertThat(other.backups().unfinishedRestore("files")).isEmpty();
        }
    }

    @Test
    void replacing_takes_out_what_came_later_and_gives_changed_items_a_later_revision() {
        try (Pool pool = world.open("one")) {
            List<Item<BackupWorld.Car>> cars = BackupWorld.fill(pool, 0, 1200);
            Map<String, String> before = BackupWorld.content(pool);
            BackupInfo backup = pool.backups().run("files");
            // The two exchange their unique values.
            Item<BackupWorld.Car> gone = cars.get(3);
            gone.delete();
            Item<BackupWorld.Car> changed = Korm.item(BackupWorld.Car.class, pool)
                    .fromRn(cars.get(4).rn())
                    .get()
                    .update(car ->
                            new BackupWorld.Car("other", cars.get(3).data().plate(), false, 1.0, car.tax(), List.of()))
                    .commit();
            BackupWorld.fill(pool, 5000, 5010);

            RestoreReport report = pool.backups().restore(backup.id(), RestoreOptions.replace());

            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            assertThat(report.kept()).isEqualTo(2398);
            assertThat(report.created()).isEqualTo(2);
            assertThat(report.deleted()).isEqualTo(21);
            assertThat(Korm.item(BackupWorld.Car.class, pool)
                            .fromRn(changed.rn())
                            .get()
                            .revision())
                    .isGreaterThan(changed.revision() + 1);
            RestoreReport undone = pool.backups().restore(report.safety(), RestoreOptions.replace());
            assertThat(undone.deleted()).isEqualTo(2);
            assertThat(undone.created()).isEqualTo(21);
        }
    }

    @Test
    void merging_leaves_what_is_there() {
        try (Pool pool = world.open("one")) {
            List<Item<BackupWorld.Car>> cars = BackupWorld.fill(pool, 0, 20);
            BackupInfo backup = pool.backups().run("files");
            cars.get(3).delete();
            cars.get(5)
                    .update(car -> new BackupWorld.Car("kept", car.plate(), false, null, car.tax(), List.of()))
                    .commit();
            RestoreReport report = pool.backups().restore(backup.id(), RestoreOptions.merge());
            assertThat(report.created()).isEqualTo(1);
            assertThat(report.kept()).isEqualTo(39);
            assertThat(BackupWorld.content(pool)).hasSize(40);
            assertThat(Korm.item(BackupWorld.Car.class, pool)
                            .fromRn(cars.get(5).rn())
                            .get()
                            .data()
                            .make())
                    .isEqualTo("kept");
        }
    }

    @Test
    void a_backup_that_was_deleted_is_missing() {
        try (Pool pool = world.open("one")) {
            BackupInfo backup = pool.backups().run("files");
            for (String name : world.depot.names()) {
                pool.depot("files").delete(dev.korm.Rn.parse(name));
            }
            assertThat(pool.backups().list("files")).isEmpty();
            assertThatThrownBy(() -> pool.backups().restore(backup.id(), RestoreOptions.replace()))
                    .isInstanceOfSatisfying(BackupException.class, missing -> assertThat(missing.reason())
                            .isEqualTo(BackupException.Reason.MISSING));
        }
    }
}
