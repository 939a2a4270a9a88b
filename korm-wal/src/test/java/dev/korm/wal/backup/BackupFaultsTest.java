package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.PoolBackups.Settling;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Verification.Depth;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full, and depots that are away, while backups are made and restored. */
class BackupFaultsTest {
    @TempDir
    Path folder;

    /** A file system of some megabytes, which is gone at the end. */
    private record SmallDisk(Path at) implements AutoCloseable {
        static SmallDisk of(Path at, int megabytes) throws Exception {
            Files.createDirectories(at);
            assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString()),
                    "A file system can be mounted");
            return new SmallDisk(at);
        }

        /** Fills it, but for some bytes; returns the file that does. */
        Path fill(int left) throws IOException {
            long free = Files.getFileStore(at).getUsableSpace();
            return Files.write(at.resolve("filling"), new byte[(int) Math.max(0, free - left)]);
        }

        @Override
        public void close() throws Exception {
            assertThat(run("umount", at.toString())).isTrue();
        }

        private static boolean run(String... command) throws InterruptedException {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException none) {
                return false;
            }
        }
    }

    @Test
    void a_depot_that_is_full_keeps_the_backups_that_it_has_and_takes_the_next_when_there_is_room() throws Exception {
        BackupWorld world = new BackupWorld(folder);
        try (SmallDisk disk = SmallDisk.of(folder.resolve("disk"), 4);
                Pool pool = world.builder("one")
                        .keys(BackupWorld.ring("k1", 7))
                        .depot("safe", LocalDepot.at(disk.at()))
                        .open()) {
            BackupWorld.fill(pool, 0, 500);
            BackupInfo good = pool.backups().run("safe");
            BackupWorld.fill(pool, 500, 600);
            Path filling = disk.fill(16 * 1024);
            for (BackupOptions options :
                    List.of(BackupOptions.defaults(), BackupOptions.defaults().incremental())) {
                assertThatThrownBy(() -> pool.backups().run("safe", options)).isInstanceOf(KormException.class);
            }
            assertThatThrownBy(() -> pool.backups().restore(good.id(), RestoreOptions.replace()))
                    .as("there is no room for a safety copy")
                    .isInstanceOf(KormException.class);
            assertThat(BackupWorld.content(pool)).hasSize(1200);
            assertThat(pool.backups().list("safe")).extracting(BackupInfo::id).containsExactly(good.id());
            assertThat(pool.backups().verify(good.id(), Depth.FULL).verified()).isPresent();
            Files.delete(filling);
            BackupInfo next =
                    pool.backups().run("safe", BackupOptions.defaults().incremental());
            assertThat(next.base()).contains(good.id());
        }
    }

    @Test
    void a_database_without_room_for_a_restore_is_as_it_was() throws Exception {
        BackupWorld world = new BackupWorld(folder);
        BackupInfo backup;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 4000);
            backup = pool.backups().run("files");
        }
        try (SmallDisk disk = SmallDisk.of(folder.resolve("disk"), 8);
                Pool pool = Korm.pool()
                        .layer("cars", Sqlite.file(disk.at().resolve("cars.sqlite")))
                        .layer("people", Sqlite.file(folder.resolve("people.sqlite")))
                        .home("garage", "cars")
                        .home("people", "people")
                        .depot("files", world.depot)
                        .keys(BackupWorld.ring("k1", 7))
                        .open()) {
            BackupWorld.fill(pool, 9000, 9050);
            Map<String, String> before = BackupWorld.content(pool);
            Path filling = disk.fill(600 * 1024);
            assertThatThrownBy(() -> pool.backups()
                            .restore(backup.id(), RestoreOptions.replace().fromAnyPool()))
                    .isInstanceOf(KormException.class)
                    .hasMessageContaining("everything is again as it was before");
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            assertThat(pool.backups().unfinishedRestore("files")).isEmpty();
            Files.delete(filling);
        }
    }

    @Test
    void a_backup_that_fails_leaves_the_log_of_sqlite_to_be_used_again() throws IOException {
        FaultyDepot faulty = FaultyDepot.around(MemoryDepot.create());
        try (Pool pool = Korm.pool()
                .layer("all", Sqlite.file(folder.resolve("all.sqlite")).durability(Sqlite.Durability.NORMAL))
                .home("garage", "all")
                .depot("copies", faulty)
                .open()) {
            create(pool, 0, 50);
            int[] pages = new int[1];
            faulty.at(Call.PUT, 1, Moment.BEFORE, () -> {
                create(pool, 50, 1050);
                pages[0] = logged();
            });
            faulty.fail(Call.PUT, 1, Moment.BEFORE);
            assertThatThrownBy(() -> pool.backups().run("copies")).isInstanceOf(KormException.class);
            assertThat(pages[0]).as("beside the snapshot").isGreaterThan(3000);
            create(pool, 1050, 1051);
            assertThat(logged()).as("begun anew").isLessThan(100);
            create(pool, 1051, 2051);
            assertThat(logged()).as("checkpointed by each commit that needs it").isLessThan(1500);
        }
    }

    private static void create(Pool pool, int from, int to) {
        for (int i = from; i < to; i++) {
            Korm.item(BackupWorld.Car.class, pool)
                    .fromData("garage", "car", BackupWorld.car(i))
                    .create();
        }
    }

    /** Returns the number of pages in the log, which the index that SQLite keeps of it has at byte 16. */
    private int logged() {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(folder.resolve("all.sqlite-shm")))
                    .order(ByteOrder.nativeOrder())
                    .getInt(16);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void a_depot_that_goes_away_at_any_call_leaves_the_pool_as_it_was_or_as_the_backup() throws IOException {
        BackupWorld world = new BackupWorld(folder);
        FaultyDepot faulty = FaultyDepot.around(world.depot);
        byte[] bytes = new byte[300_000];
        new Random(5).nextBytes(bytes);
        BackupInfo backup;
        try (Pool pool = world.builder("one")
                .keys(BackupWorld.ring("k1", 7))
                .depot("copies", faulty)
                .open()) {
            BackupWorld.fill(pool, 0, 60);
            Depot files = world.depot.open("files", Environment.system());
            Rn<?> file = Rn.file("files", "docs", "one");
            files.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
            backup = pool.backups().run("copies", BackupOptions.defaults().withFiles());
            Map<String, String> wanted = BackupWorld.content(pool);
            BackupWorld.fill(pool, 60, 70);
            Map<String, String> before = BackupWorld.content(pool);
            long left = temporary();
            for (Call call : List.of(Call.GET, Call.PUT, Call.DELETE)) {
                for (int next = 1; next <= 3; next++) {
                    faulty.failNext(call, Moment.BEFORE);
                    try {
                        pool.backups().restore(backup.id(), RestoreOptions.replace());
                    } catch (KormException away) {
                        assertThat(BackupWorld.content(pool)).isIn(before, wanted);
                    }
                    pool.backups().unfinishedRestore("copies").ifPresent(unfinished -> pool.backups()
                            .settle(unfinished, Settling.UNDO));
                    if (BackupWorld.content(pool).equals(wanted)) {
                        BackupWorld.fill(pool, 60, 70);
                        before = BackupWorld.content(pool);
                    }
                }
            }
            files.delete(file);
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            try (var content = files.get(file)) {
                assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
            }
            assertThat(temporary()).as("temporary files").isEqualTo(left);
        }
    }

    private static long temporary() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(file -> file.getFileName().toString().startsWith("korm-restore-"))
                    .count();
        }
    }
}
