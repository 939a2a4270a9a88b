package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.Retention;
import dev.korm.backup.ScheduledBackup;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups as nobody plans them, and as they come about. */
@NullUnmarked // Tests dereference what they expect to be there.
class UnusualBackupsTest {
    @TempDir
    Path folder;

    @Test
    void backups_in_a_folder_within_another_depot_are_no_files_of_it() throws IOException {
        Path files = Files.createDirectories(folder.resolve("files"));
        try (Pool pool = Korm.pool()
                        .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                        .depot("files", LocalDepot.at(files))
                        .depot("copies", LocalDepot.at(files.resolve("inside")))
                        .open();
                var depot = LocalDepot.at(files).open("files", Environment.system())) {
            depot.put(Rn.file("files", "one"), new ByteArrayInputStream(new byte[10]), PutOptions.NONE);
            for (int i = 0; i < 3; i++) {
                BackupInfo made =
                        pool.backups().run("copies", BackupOptions.defaults().withFiles());
                assertThat(made.files()).as("run " + i).hasValue(1L);
            }
        }
    }

    @Test
    void a_backup_that_was_just_made_is_kept_though_a_clock_that_was_wrong_has_left_newer_ones() {
        VirtualEnvironment world = VirtualEnvironment.seeded(5);
        Instant now = world.clock().instant();
        try (Pool pool = Korm.pool()
                .environment(world)
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .depot("copies", MemoryDepot.create())
                .open()) {
            world.advance(Duration.ofDays(365));
            pool.backups().run("copies");
            world.setTime(now.plusSeconds(60));
            BackupInfo made = pool.backups()
                    .run(new ScheduledBackup(
                            "copies", List.of("main"), Map.of("main", Retention.backups(1)), BackupOptions.defaults()));
            assertThat(pool.backups().list("copies")).extracting(BackupInfo::id).contains(made.id());
        }
    }
}
