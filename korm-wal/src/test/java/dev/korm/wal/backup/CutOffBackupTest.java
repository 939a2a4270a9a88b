package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.PoolBackups.Settling;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.backup.Verification.Depth;
import dev.korm.spi.environment.Environment;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups and restores that end in the middle: the pool is closed below them, so nothing that comes later works, as when the program is killed. */
class CutOffBackupTest {
    private static final int CARS = 2000;

    @TempDir
    Path folder;

    private BackupWorld world;

    @BeforeEach
    void world() {
        world = new BackupWorld(folder);
    }

    /** The machine's, some time later. */
    private static Environment later(Duration time) {
        Environment now = Environment.system();
        return new Environment() {
            @Override
            public Clock clock() {
                return Clock.offset(now.clock(), time);
            }

            @Override
            public long nanoTime() {
                return now.nanoTime();
            }

            @Override
            public RandomGenerator random() {
                return now.random();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                now.sleep(duration);
            }

            @Override
            public ExecutorService executor(String name, int threads) {
                return now.executor(name, threads);
            }

            @Override
            public java.nio.file.FileSystem fileSystem() {
                return now.fileSystem();
            }
        };
    }

    @Test
    void a_backup_that_was_cut_off_is_none_and_is_swept_a_day_later() {
        BackupInfo good;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, CARS);
            good = pool.backups().run("files");
        }
        List<String> before = world.depot.names();
        Pool killed = world.open("one");
        AtomicLong told = new AtomicLong();
        assertThatThrownBy(() -> killed.backups()
                        .run("files", BackupOptions.defaults().withFiles().progress((done, total) -> {
                            if (told.incrementAndGet() == 40) {
                                killed.close();
                            }
                        })))
                .isInstanceOf(KormException.class);
        try (Pool pool =
                world.builder("one").environment(later(Duration.ofHours(1))).open()) {
            // What was begun is left to a program that may still be at it.
            world.depot
                    .open("files", Environment.system())
                    .put(
                            dev.korm.Rn.file(
                                    "files",
                                    BackupFolder.ROOT,
                                    "pool-" + pool.id(),
                                    "20261128T113000Z-00000000",
                                    "part-00001.ndjson.gz"),
                            new java.io.ByteArrayInputStream(new byte[10]),
                            dev.korm.spi.depot.PutOptions.NONE);
            assertThat(pool.backups().list("files")).containsExactly(good);
            pool.backups().run("files");
            assertThat(world.depot.names()).hasSize(before.size() + 4);
        }
        try (Pool pool =
                world.builder("one").environment(later(Duration.ofDays(3))).open()) {
            pool.backups().run("files");
            assertThat(world.depot.names()).noneMatch(name -> name.contains("20261128T113000Z-00000000"));
            assertThat(pool.backups().list("files")).hasSize(3);
            assertThat(pool.backups().verify(good.id(), Depth.QUICK).id()).isEqualTo(good.id());
        }
    }

    @Test
    void a_restore_that_fails_is_undone() {
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, CARS);
            BackupInfo backup = pool.backups().run("files");
            BackupWorld.fill(pool, CARS, CARS + 100);
            Map<String, String> before = BackupWorld.content(pool);
            RestoreOptions failing = RestoreOptions.replace().progress((done, total) -> {
                if (done > total - 1500) {
                    throw new IllegalStateException("no more");
                }
            });
            assertThatThrownBy(() -> pool.backups().restore(backup.id(), failing))
                    .isInstanceOfSatisfying(BackupException.class, undone -> assertThat(undone.reason())
                            .isEqualTo(Reason.FAILED))
                    .hasMessageContaining("everything is again as it was before");
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            assertThat(pool.backups().unfinishedRestore("files")).isEmpty();
        }
    }

    @Test
    void a_restore_that_was_cut_off_is_told_and_finished_or_undone() {
        for (Settling settling : Settling.values()) {
            String name = settling.name();
            Map<String, String> before;
            Map<String, String> wanted;
            BackupInfo backup;
            try (Pool pool = world.open(name)) {
                BackupWorld.fill(pool, 0, CARS);
                wanted = BackupWorld.content(pool);
                backup = pool.backups().run("files");
                BackupWorld.fill(pool, CARS, CARS + 100);
                SomeCars.deleteSome(pool);
                before = BackupWorld.content(pool);
            }
            Pool killed = world.open(name);
            assertThatThrownBy(() -> killed.backups()
                            .restore(backup.id(), RestoreOptions.replace().progress((done, total) -> {
                                if (done > total - 1500) {
                                    killed.close();
                                }
                            })))
                    .isInstanceOf(KormException.class);
            try (Pool pool = world.open(name)) {
                assertThat(BackupWorld.content(pool)).isNotEqualTo(before);
                UnfinishedRestore left =
                        pool.backups().unfinishedRestore("files").orElseThrow();
                assertThat(left.backup()).isEqualTo(backup.id());
                assertThatThrownBy(() -> pool.backups().restore(backup.id(), RestoreOptions.replace()))
                        .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                                .isEqualTo(Reason.UNFINISHED_RESTORE));
                assertThatThrownBy(() -> pool.backups().run("files"))
                        .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                                .isEqualTo(Reason.UNFINISHED_RESTORE));
                assertThat(pool.backups().prune("files", all -> Set.of())).doesNotContain(left.backup(), left.safety());
                pool.backups().settle(left, settling);
                assertThat(BackupWorld.content(pool)).isEqualTo(settling == Settling.FINISH ? wanted : before);
                assertThat(pool.backups().unfinishedRestore("files")).isEmpty();
                assertThatThrownBy(() -> pool.backups().settle(left, settling)).isInstanceOf(BackupException.class);
            }
        }
    }

    /** Deletes some of the cars. */
    private static final class SomeCars {
        static void deleteSome(Pool pool) {
            dev.korm.Korm.item(BackupWorld.Car.class, pool).fromQuery("garage", "car").get().stream()
                    .filter(car -> car.data().electric())
                    .limit(100)
                    .forEach(car -> car.delete());
        }
    }

    @Test
    void pruning_never_takes_the_last_that_was_verified() {
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 10);
            BackupInfo first = pool.backups().run("files");
            BackupInfo second = pool.backups().run("files");
            BackupInfo third = pool.backups().run("files");
            // The newest turns out to be damaged.
            dev.korm.Rn<?> part = dev.korm.Rn.file(
                    "files", BackupFolder.ROOT, "pool-" + pool.id(), third.id().name(), "part-00001.ndjson.gz");
            pool.depot("files").delete(part);
            assertThatThrownBy(() -> pool.backups().verify(third.id(), Depth.QUICK))
                    .isInstanceOf(BackupException.class);
            Instant newest = third.cut();
            assertThat(pool.backups().prune("files", all -> Set.of(newest))).containsExactly(first.id());
            assertThat(pool.backups().list("files"))
                    .extracting(BackupInfo::id)
                    .containsExactly(third.id(), second.id());
            assertThat(pool.backups().prune("files", all -> Set.of())).containsExactly(third.id());
            assertThat(pool.backups().prune("files", all -> Set.of())).isEmpty();
            assertThat(pool.backups()
                            .restore(second.id(), RestoreOptions.replace())
                            .kept())
                    .isEqualTo(20);
        }
    }
}
