package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Encrypted;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at a pool: what is wrong with it, what it has, what a reset would take. */
class DoctorCommandTest {
    record Note(String text, FileRef scan, Encrypted<String> secret) {}

    @TempDir
    Path folder;

    private KormProcess korm(String command, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                command,
                "--layer",
                "main=" + folder.resolve("main.sqlite"),
                "--depot",
                "safe=" + folder.resolve("safe")));
        words.addAll(Arrays.asList(more));
        return KormProcess.run(folder, words.toArray(String[]::new));
    }

    private Pool pool() {
        byte[] key = new byte[32];
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .depot("safe", LocalDepot.at(folder.resolve("safe")))
                .keys(KeyRing.of("lost", Map.of("lost", key)))
                .open();
    }

    /** Leaves two locks: one that was given back, and one as a program leaves it that is killed. */
    private void leaveLock() throws Exception {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .withLocks("main", LockOptions.defaults().withOwner("the billing"))
                .open()) {
            pool.locks().acquire(LockName.of("released")).close();
            pool.locks().acquire(LockName.of("left")).close();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("main.sqlite"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(
                            "UPDATE \"__korm_locks__\" SET expires_at = 86400000 WHERE lock_id = '[lock]:left'"))
                    .isOne();
        }
    }

    private Path stored(String name) throws Exception {
        try (Stream<Path> all = Files.walk(folder.resolve("safe"))) {
            return all.filter(file -> file.toString().contains(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void everything_that_is_wrong_is_told_with_the_way_out() throws Exception {
        BackupInfo base;
        BackupInfo increment;
        try (Pool pool = pool()) {
            pool.backups().run("safe");
            assertThat(korm("doctor").out()).isEqualTo("nothing is wrong\n");
            FileRef scan = FileRef.of("safe", "scans/one.txt", "x".getBytes(StandardCharsets.UTF_8));
            Korm.item(Note.class, pool)
                    .fromData("notes", "note", new Note("a", scan, Encrypted.of("s")))
                    .create();
            base = pool.backups().run("safe");
            increment = pool.backups().run("safe", BackupOptions.defaults().incremental());
        }
        Files.delete(stored("one.txt"));
        Files.delete(stored(base.id().name() + "/manifest.json"));
        leaveLock();
        KormProcess sick = korm("doctor", "--files");
        assertThat(sick.exit()).as(sick.err()).isEqualTo(1);
        assertThat(sick.out().lines())
                .anyMatch(line -> line.startsWith("key lost\t1 values"))
                .anyMatch(line -> line.startsWith("backup " + increment.id().name() + "\tit was not verified, or"))
                .anyMatch(line -> line.startsWith("file [rn][depot::safe]:scans:one.txt\titems name it (1)"))
                .anyMatch(line -> line.startsWith(
                        "lock [lock]:left\tit is stale: \"the billing\" had it in main until 1970-01-02T00:00:00Z"))
                .noneMatch(line -> line.contains("released"))
                .allMatch(line -> line.split("\t").length == 3);

        KormProcess away = KormProcess.run(folder, "doctor", "--layer", "main=" + folder.resolve("none.sqlite"));
        assertThat(away.exit()).isEqualTo(1);
        assertThat(away.out()).startsWith("layer main\tit cannot be opened: ").contains("none.sqlite is not there");
    }

    @Test
    void what_a_pool_has_and_what_a_reset_would_take_is_listed_and_nothing_goes_unconfirmed() throws Exception {
        try (Pool pool = pool()) {
            FileRef scan = FileRef.of("safe", "scans/one.txt", "x".getBytes(StandardCharsets.UTF_8));
            Korm.item(Note.class, pool)
                    .fromData("notes", "note", new Note("a", scan, Encrypted.of("s")))
                    .create();
            pool.backups().run("safe");
        }
        KormProcess seen = korm("inspect");
        assertThat(seen.exit()).as(seen.err()).isZero();
        assertThat(seen.out().lines())
                .contains("layer\tmain", "depot\tsafe", "files\tsafe\tscans\t1 files\t1 bytes")
                .anyMatch(line -> line.startsWith("table\tmain\t__items__notes__note\t1 rows"))
                .anyMatch(line -> line.matches("backups\tsafe\t1\tlast \\S+\tverified"));
        KormProcess dry = korm("reset", "--dry-run");
        assertThat(dry.exit()).as(dry.err()).isZero();
        String text = dry.out().lines().reduce((first, last) -> last).orElseThrow();
        assertThat(text).startsWith("reset all of the pool");
        assertThat(korm("reset", "--confirm", "yes").exit()).isEqualTo(1);
        assertThat(korm("reset").exit()).isEqualTo(2);
        assertThat(korm("inspect").out()).isEqualTo(seen.out());
        assertThat(korm("reset", "--confirm", text).exit()).isZero();
        assertThat(korm("inspect").out()).doesNotContain("table\t");
    }
}
