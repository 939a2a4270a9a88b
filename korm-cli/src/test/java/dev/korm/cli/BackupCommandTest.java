package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups by the command line. Runs the jar where there is one, and the class otherwise. */
class BackupCommandTest {
    record Note(String text) {}

    @TempDir
    Path folder;

    private KormProcess backup(String command, String file, String... more) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "backup",
                command,
                "--layer",
                "main=" + folder.resolve(file),
                "--depot",
                "safe=" + folder.resolve("safe"),
                "safe"));
        words.addAll(Arrays.asList(more));
        return KormProcess.run(folder, words.toArray(String[]::new));
    }

    private Pool pool(String file) {
        return Korm.pool().layer("main", Sqlite.file(folder.resolve(file))).open();
    }

    @Test
    void a_pool_is_backed_up_and_restored_into_a_new_database() throws Exception {
        try (Pool pool = pool("one.sqlite")) {
            Korm.item(Note.class, pool)
                    .fromData("notes", "note", new Note("hello"))
                    .create();
        }
        KormProcess made = backup("run", "one.sqlite", "--full");
        assertThat(made.exit()).as(made.err()).isZero();
        String name = made.out().strip();
        KormProcess listed = backup("list", "one.sqlite");
        assertThat(listed.out()).matches(name + "\tfull\t1\t[0-9]+\tfull [-0-9T:.]+Z\n");
        try (Pool pool = pool("one.sqlite")) {
            Korm.item(Note.class, pool)
                    .fromData("notes", "note", new Note("later"))
                    .create();
        }
        KormProcess increment = backup("run", "one.sqlite", "--incremental", "--max-rate", "20M");
        assertThat(increment.out()).matches("\\S+ adds to " + name + "\n");
        assertThat(backup("list", "one.sqlite").out())
                .matches("\\S+\tincrement\t2\t[0-9]+\tquick \\S+\tadds to " + name + "\n" + name + "\tfull\t.*\n");
        KormProcess low = backup("run", "one.sqlite", "--max-rate", "1k");
        assertThat(low.exit()).isEqualTo(1);
        assertThat(low.err()).contains("--max-rate", "32768");
        KormProcess good = backup("verify", "one.sqlite", name);
        assertThat(good.out()).isEqualTo(name + " is good: 1 items\n");
        KormProcess restored = backup("restore", "two.sqlite", name, "--create");
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(restored.out()).startsWith("1 created, 0 deleted");
        try (Pool pool = pool("two.sqlite")) {
            assertThat(Korm.item(Note.class, pool)
                            .fromQuery("notes", "note")
                            .get()
                            .get(0)
                            .data())
                    .isEqualTo(new Note("hello"));
        }
        Path part;
        try (var files = Files.walk(folder.resolve("safe"))) {
            part = files.filter(file -> file.toString().contains(name)
                            && file.getFileName().toString().startsWith("part-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        Files.write(part, bytes);
        KormProcess bad = backup("verify", "one.sqlite", name);
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.err()).contains("damaged");
        assertThat(backup("list", "one.sqlite").out()).contains("not verified");
        assertThat(backup("resume", "one.sqlite").exit()).isEqualTo(1);
        assertThat(backup("verify", "one.sqlite", "nonsense").exit()).isEqualTo(2);
    }

    @Test
    void a_restore_waits_for_the_lock_of_an_item() throws Exception {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("one.sqlite")))
                .withLocks("main", LockOptions.defaults().withOwner("billing"))
                .open()) {
            Rn<Note> note = Korm.item(Note.class, pool)
                    .fromData("notes", "note", new Note("hello"))
                    .create()
                    .rn();
            String name = backup("run", "one.sqlite").out().strip();
            try (Lock held = pool.locks().acquire(note)) {
                KormProcess refused = backup("restore", "one.sqlite", name, "--locks", "main", "--wait", "0");
                assertThat(refused.exit()).isEqualTo(1);
                assertThat(refused.err())
                        .contains("nothing was changed", held.name(), "\"billing\"", "`korm locks` lists the locks");
            }
            KormProcess restored = backup("restore", "one.sqlite", name, "--locks", "main", "--wait", "0");
            assertThat(restored.exit()).as(restored.err()).isZero();
        }
    }
}
