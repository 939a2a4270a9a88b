package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupInfo;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention where there are many backups, of which each run reads the new ones alone. */
@NullUnmarked // Tests dereference what they expect to be there.
class ManyBackupsTest {
    private static final int MANY = 60;

    @TempDir
    Path folder;

    private final VirtualEnvironment world = VirtualEnvironment.seeded(11);
    private final FaultyDepot copies = FaultyDepot.around(MemoryDepot.create());

    private Pool open() {
        return Korm.pool()
                .environment(world)
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .depot("copies", copies)
                .open();
    }

    private BackupInfo make(Pool pool) {
        world.advance(Duration.ofMinutes(1));
        return pool.backups().run("copies");
    }

    private static Set<Instant> all(Set<Instant> moments) {
        return moments;
    }

    private long reads(Runnable run) {
        long before = copies.calls(FaultyDepot.Call.GET) + copies.calls(FaultyDepot.Call.STAT);
        run.run();
        return copies.calls(FaultyDepot.Call.GET) + copies.calls(FaultyDepot.Call.STAT) - before;
    }

    private Rn<?> file(Pool pool, String... path) {
        String text = "[rn][depot::copies]:__korm_backups__:pool-" + pool.id() + ":" + String.join(":", path);
        return Rn.parse(text);
    }

    private long afterOneMore(Pool pool) {
        return reads(() -> {
            make(pool);
            pool.backups().prune("copies", ManyBackupsTest::all);
        });
    }

    @Test
    void a_run_reads_what_is_new_and_so_does_the_first_of_another_program() {
        long few;
        try (Pool pool = open()) {
            make(pool);
            few = afterOneMore(pool);
            for (int i = 0; i < MANY; i++) {
                make(pool);
            }
            assertThat(afterOneMore(pool)).as("reads what nobody has read yet").isGreaterThan(MANY);
            assertThat(afterOneMore(pool)).isLessThanOrEqualTo(few);
            assertThat(pool.depot("copies").stat(file(pool, "index.ndjson"))).isPresent();
        }
        try (Pool other = open()) {
            assertThat(afterOneMore(other)).as("of another program").isLessThanOrEqualTo(few + 20);
            assertThat(reads(() -> other.backups().prune("copies", moments -> newest(moments, 5))))
                    .as("deletes %s backups", MANY)
                    .isLessThanOrEqualTo(few + 20);
            assertThat(other.backups().list("copies")).hasSize(5);
        }
    }

    private static Set<Instant> newest(Set<Instant> moments, int count) {
        return moments.stream().sorted(Comparator.reverseOrder()).limit(count).collect(Collectors.toSet());
    }

    @Test
    void an_index_that_is_damaged_or_says_too_much_is_not_relied_on() {
        try (Pool pool = open()) {
            for (int i = 0; i < 12; i++) {
                make(pool);
            }
            pool.backups().prune("copies", ManyBackupsTest::all);
            Rn<?> index = file(pool, "index.ndjson");
            byte[] stored = bytes(pool, index);
            for (int at : new int[] {0, stored.length / 2, stored.length - 3}) {
                byte[] damaged = stored.clone();
                damaged[at] ^= 1;
                store(pool, index, damaged);
                List<Instant> seen = new ArrayList<>();
                try (Pool other = open()) {
                    other.backups().prune("copies", moments -> {
                        seen.addAll(moments);
                        return moments;
                    });
                }
                assertThat(seen).hasSize(12);
            }
            store(pool, index, stored);
        }
        try (Pool pool = open()) {
            List<BackupInfo> all = pool.backups().list("copies");
            // The last one lost its manifest, and the one before is not verified any more.
            pool.depot("copies").delete(file(pool, all.get(0).id().name(), "manifest.json"));
            pool.depot("copies").delete(file(pool, all.get(1).id().name(), "verified.json"));
            List<Instant> seen = new ArrayList<>();
            pool.backups().prune("copies", moments -> {
                seen.addAll(moments);
                return Set.of();
            });
            assertThat(seen).hasSize(11).doesNotContain(all.get(0).cut());
            assertThat(pool.backups().list("copies"))
                    .extracting(BackupInfo::id)
                    .containsExactly(all.get(2).id());
        }
    }

    @Test
    void the_last_good_one_stays_where_bytes_have_changed_behind_the_back_of_the_listing() {
        try (Pool pool = open()) {
            for (int i = 0; i < 3; i++) {
                make(pool);
            }
            pool.backups().prune("copies", ManyBackupsTest::all);
            List<BackupInfo> all = pool.backups().list("copies");
            Rn<?> manifest = file(pool, all.get(0).id().name(), "manifest.json");
            byte[] damaged = bytes(pool, manifest);
            damaged[damaged.length / 2] ^= 1;
            // At the same moment of the same size: to the listing it is the same.
            Instant now = world.clock().instant();
            world.setTime(pool.depot("copies").stat(manifest).get().modified());
            store(pool, manifest, damaged);
            world.setTime(now);
            pool.backups().prune("copies", moments -> Set.of());
            assertThat(pool.backups().list("copies"))
                    .extracting(BackupInfo::id)
                    .contains(all.get(1).id());
        }
    }

    private static byte[] bytes(Pool pool, Rn<?> file) {
        try (FileContent content = pool.depot("copies").get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void store(Pool pool, Rn<?> file, byte[] bytes) {
        pool.depot("copies").put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }
}
