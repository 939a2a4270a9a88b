package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyDepot.Call;
import dev.korm.testkit.fault.FaultyDepot.Moment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reading back of a backup of several parts while it is written. */
@NullUnmarked // Tests dereference what they expect to be there.
class ReadBackTest {
    /** Bytes that do not get smaller, for three parts. */
    private static final int BYTES = 44 << 20;

    private static final Duration LONGEST = Duration.ofSeconds(60);

    record Film(String title, FileRef file) {}

    @TempDir
    private Path folder;

    private final FaultyDepot safe = FaultyDepot.around(MemoryDepot.create());
    private Pool pool;
    private Depot depot;

    @BeforeEach
    void open() {
        byte[] bytes = new byte[BYTES];
        Seed.random(ReadBackTest.class).nextBytes(bytes);
        pool = Korm.pool()
                .layer("films", Sqlite.file(folder.resolve("films.sqlite")))
                .depot("files", safe)
                .keys(BackupWorld.ring("k1", 7))
                .open();
        depot = pool.depot("files");
        Korm.item(Film.class, pool)
                .fromData("films", "cinema", "film", new Film("one", FileRef.of("files", "films", bytes)))
                .create();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static final BackupOptions WITH_FILES = BackupOptions.defaults().withFiles();

    private List<Rn<?>> parts() {
        try (Stream<FileEntry> all = depot.list(Rn.prefix(depot.name(), BackupFolder.ROOT))) {
            return all.<Rn<?>>map(FileEntry::rn)
                    .filter(rn -> rn.toString().contains("part-"))
                    .sorted(java.util.Comparator.comparing(Rn::toString))
                    .toList();
        }
    }

    @Test
    void a_part_is_read_back_while_a_later_one_is_written() {
        CountDownLatch read = new CountDownLatch(1);
        long puts = safe.calls(Call.PUT);
        safe.at(Call.PUT, 1, Moment.AFTER, () -> safe.at(Call.GET, 1, Moment.BEFORE, read::countDown));
        // It does not go on before the first was asked for.
        safe.at(Call.PUT, 3, Moment.BEFORE, () -> await(read));
        BackupInfo made = pool.backups().run("files", WITH_FILES);
        assertThat(made.verified()).isPresent();
        assertThat(parts()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(safe.calls(Call.PUT) - puts)
                .as("its parts, its manifest, and that it was read back")
                .isEqualTo(parts().size() + 2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private void alter(int part) {
        Rn<?> file = parts().get(part);
        byte[] bytes;
        try (FileContent content = depot.get(file)) {
            bytes = content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        bytes[bytes.length / 2] ^= 1;
        depot.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    @Test
    void what_the_depot_holds_is_read_and_not_what_was_written() {
        for (BackupOptions options : List.of(WITH_FILES, WITH_FILES.sealed())) {
            for (int part = 0; part < 3; part++) {
                int altered = part;
                int before = parts().size();
                safe.at(Call.PUT, part + 1, Moment.AFTER, () -> alter(before + altered));
                assertThatThrownBy(() -> pool.backups().run("files", options))
                        .as("part %d", part)
                        .isInstanceOfSatisfying(BackupException.class, bad -> assertThat(bad.reason())
                                .isEqualTo(Reason.DAMAGED))
                        .hasMessageContaining("part-0000" + (part + 1));
                assertThat(pool.backups().list("files").get(0).verified()).isEmpty();
                parts().forEach(depot::delete);
            }
        }
        pool.backups().run("files", WITH_FILES.sealed());
    }
}
