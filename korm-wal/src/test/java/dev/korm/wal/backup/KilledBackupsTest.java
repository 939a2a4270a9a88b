package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Pool;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.PoolBackups.Settling;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.backup.Verification.Depth;
import dev.korm.event.PoolListener;
import dev.korm.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program is killed, by a signal, while it makes, prunes or restores backups. */
class KilledBackupsTest {
    private static final int KILLED = 128 + 9;
    private static final int CARS = 800;

    @TempDir
    Path folder;

    private final Random random = Seed.random(KilledBackupsTest.class);
    private BackupInfo first;
    private BackupInfo second;
    private Map<String, String> firstState;
    private Map<String, String> secondState;

    @BeforeEach
    void fill() {
        try (Pool pool = BackupProgram.pool(folder).open()) {
            BackupWorld.fill(pool, 0, CARS);
            firstState = BackupWorld.content(pool);
            first = pool.backups().run("safe");
            BackupWorld.fill(pool, CARS, CARS + 200);
            secondState = BackupWorld.content(pool);
            second = pool.backups().run("safe");
        }
    }

    /** Runs the program until it has said some lines, and kills it a moment later; returns what it said. */
    private List<String> kill(int lines, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                BackupProgram.class.getName(),
                folder.toString()));
        command.addAll(List.of(words));
        List<String> said = new ArrayList<>();
        Process process = new ProcessBuilder(command)
                .redirectError(Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (said.size() == lines) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }
        assertThat(process.exitValue()).as("in the middle: %s", said).isEqualTo(KILLED);
        return said;
    }

    private void allThatIsListedIsGood(Pool pool) {
        List<BackupInfo> listed = pool.backups().list("safe");
        assertThat(listed).extracting(BackupInfo::id).contains(second.id());
        for (BackupInfo backup : listed) {
            assertThat(pool.backups().verify(backup.id(), Depth.QUICK).verified())
                    .as("%s", backup)
                    .isPresent();
        }
    }

    private void killedWhileItMakes() throws IOException {
        List<String> said = kill(2 + random.nextInt(120), "backup");
        try (Pool pool = BackupProgram.pool(folder).open()) {
            allThatIsListedIsGood(pool);
            List<String> names = pool.backups().list("safe").stream()
                    .map(backup -> backup.id().name())
                    .toList();
            said.stream().filter(line -> line.startsWith("made ")).forEach(line -> assertThat(names)
                    .contains(line.substring(5)));
        }
    }

    private void killedWhileItPrunes() throws IOException {
        kill(4 + random.nextInt(12), "prune");
        try (Pool pool = BackupProgram.pool(folder).open()) {
            List<BackupInfo> left = pool.backups().list("safe");
            assertThat(left).isNotEmpty();
            for (BackupInfo backup : left) {
                assertThat(pool.backups().verify(backup.id(), Depth.QUICK).verified())
                        .isPresent();
            }
            BackupInfo next =
                    pool.backups().run("safe", BackupOptions.defaults().incremental());
            assertThat(next.kind()).isEqualTo(BackupInfo.Kind.INCREMENT);
            second = next;
        }
    }

    private void killedWhileItRestores(Settling settling) throws Exception {
        try (Pool pool = BackupProgram.pool(folder).open()) {
            // The program that makes backups adds items behind each.
            pool.backups().restore(second.id(), RestoreOptions.replace());
        }
        // The state before is that of the second; the program restores the first and the second in turn.
        int lines = 1 + random.nextInt(15);
        kill(lines, "restore", first.id().name(), second.id().name());
        CompletableFuture<UnfinishedRestore> told = new CompletableFuture<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void restoreUnfinished(UnfinishedRestore restore) {
                told.complete(restore);
            }
        };
        try (Pool pool = BackupProgram.pool(folder).listener(listener).open()) {
            Optional<UnfinishedRestore> left = pool.backups().unfinishedRestore("safe");
            if (left.isPresent()) {
                assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo(left.get());
                boolean toFirst = left.get().backup().equals(first.id());
                pool.backups().settle(left.get(), settling);
                assertThat(BackupWorld.content(pool))
                        .isEqualTo(toFirst == (settling == Settling.FINISH) ? firstState : secondState);
            } else {
                assertThat(BackupWorld.content(pool)).isIn(firstState, secondState);
            }
            pool.backups().restore(second.id(), RestoreOptions.replace());
            allThatIsListedIsGood(pool);
        }
    }

    @Test
    void backups_that_exist_are_whole_and_a_chain_is_never_broken() throws IOException {
        killedWhileItMakes();
        killedWhileItPrunes();
    }

    @Test
    void a_restore_is_announced_by_the_next_opening_and_is_finished_or_undone() throws Exception {
        killedWhileItRestores(Settling.FINISH);
        killedWhileItRestores(Settling.UNDO);
    }

    @Test
    @Tag("long")
    void however_often_it_is_killed() throws Exception {
        for (int i = 0; i < 12; i++) {
            killedWhileItMakes();
            killedWhileItRestores(random.nextBoolean() ? Settling.FINISH : Settling.UNDO);
        }
        for (int i = 0; i < 12; i++) {
            killedWhileItPrunes();
        }
    }
}
