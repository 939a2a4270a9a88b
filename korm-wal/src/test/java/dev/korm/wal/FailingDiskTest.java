package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.recovery.JournalException;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingFiles.Failure;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.run.Steps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each write and each sync of the journal fails in its turn, as on a disk that is broken or full, and on one that is full indeed. */
class FailingDiskTest {
    private static final int APPENDS = 12;
    private static final Wal WAL = Wal.at("/data/journal").with(new Wal.Settings(700, 2, 100, Steps.ALL));

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);

    private static Journal open(Wal wal, Environment environment) {
        return wal.open(new JournalContext("a-pool", environment, name -> {
            throw new AssertionError(name);
        }));
    }

    private static JournalEntry entry(int number) {
        String body = "body " + number + "x".repeat(number * 11);
        return new JournalEntry(
                Kind.PREPARED, "c-" + number, ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Set<String> unfinished(Wal wal, Environment environment) {
        Set<String> found = new TreeSet<>();
        Journal journal = open(wal, environment);
        try (UnfinishedEntries entries = journal.unfinished()) {
            for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
                found.add(next.get().change());
            }
        } finally {
            journal.close();
        }
        return found;
    }

    /** Appends until that fails; returns what was acknowledged and is unfinished, and adds what failed. */
    private static Set<String> append(Journal journal, Set<String> uncertain) {
        Set<String> acknowledged = new TreeSet<>();
        for (int i = 0; i < APPENDS; i++) {
            String done = "c-" + (i - 2);
            try {
                journal.append(i % 2 == 0 ? List.of(entry(i)) : List.of(entry(i), JournalEntry.done(done)));
                acknowledged.add("c-" + i);
                if (i % 2 == 1) {
                    acknowledged.remove(done);
                }
            } catch (JournalException failed) {
                assertThat(failed)
                        .hasMessageContaining("Appending to the journal in")
                        .hasMessageContaining("the journal takes nothing more")
                        .hasMessageContaining("open the pool anew")
                        .hasCauseInstanceOf(IOException.class);
                uncertain.add("c-" + i);
                if (i % 2 == 1) {
                    uncertain.add(done);
                }
                requirePoisoned(journal);
                return acknowledged;
            }
        }
        return acknowledged;
    }

    private static void requirePoisoned(Journal journal) {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> journal.append(List.of(entry(99))))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("the journal takes nothing more");
        }
    }

    /** Returns whether the failure came to pass. */
    private boolean fails(int which, Failure failure, boolean sync, boolean cut) {
        CrashingFiles files = CrashingFiles.seeded(which);
        unfinished(WAL, world.withFiles(files.process()));
        if (sync) {
            files.failSync(which, failure);
        } else {
            files.failWrite(which, failure);
        }
        Set<String> acknowledged = new TreeSet<>();
        Set<String> uncertain = new TreeSet<>();
        boolean failed = false;
        try {
            Journal journal = open(WAL, world.withFiles(files.process()));
            try (UnfinishedEntries none = journal.unfinished()) {
                assertThat(none.next()).isEmpty();
                none.forget();
            }
            acknowledged = append(journal, uncertain);
            journal.close();
        } catch (JournalException opening) {
            assertThat(opening).hasMessageContaining("/data/journal").hasCauseInstanceOf(IOException.class);
            failed = true;
        }
        failed |= !uncertain.isEmpty() || acknowledged.size() < APPENDS / 2;
        if (cut) {
            files.crash(which);
        } else {
            files.resume();
        }
        Set<String> found = unfinished(WAL, world.withFiles(files.process()));
        String what = (sync ? "sync " : "write ") + which + " fails by " + failure + (cut ? ", and the power" : "");
        Set<String> sure = new TreeSet<>(acknowledged);
        sure.removeAll(uncertain);
        assertThat(found).as(what).containsAll(sure);
        found.removeAll(acknowledged);
        found.removeAll(uncertain);
        assertThat(found).as(what).isEmpty();
        return failed;
    }

    @ParameterizedTest
    @EnumSource
    void what_was_acknowledged_is_there_whichever_write_or_sync_fails(Failure failure) {
        for (boolean sync : new boolean[] {false, true}) {
            for (boolean cut : new boolean[] {false, true}) {
                int count = 0;
                while (fails(count + 1, failure, sync, cut)) {
                    count++;
                }
                System.out.println((sync ? "Syncs" : "Writes") + " that failed by " + failure + ": " + count);
                assertThat(count).isGreaterThan(10);
            }
        }
    }

    @Test
    void a_disk_that_is_full_is_told_and_takes_nothing_away(@TempDir Path folder) throws Exception {
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString());
        assumeTrue(mounted, "A file system can be mounted");
        try {
            Wal wal = Wal.at(folder.resolve("journal")).with(new Wal.Settings(64 * 1024, 8, 100, Steps.ALL));
            Journal journal = open(wal, Environment.system());
            Set<String> acknowledged = new TreeSet<>();
            String failed = "";
            for (int i = 0; failed.isEmpty(); i++) {
                JournalEntry entry = new JournalEntry(Kind.PREPARED, "c-" + i, ByteBuffer.wrap(new byte[10_000]));
                try {
                    journal.append(List.of(entry));
                    acknowledged.add("c-" + i);
                } catch (JournalException full) {
                    assertThat(full)
                            .hasMessageContaining("No space left on device")
                            .hasMessageContaining("the journal takes nothing more");
                    failed = "c-" + i;
                }
            }
            assertThat(acknowledged).hasSizeGreaterThan(50);
            requirePoisoned(journal);
            journal.close();
            assertThat(run("mount", "-o", "remount,size=4m", folder.toString())).isTrue();
            Set<String> found = unfinished(wal, Environment.system());
            found.remove(failed);
            assertThat(found).isEqualTo(acknowledged);
        } finally {
            assertThat(run("umount", folder.toString())).isTrue();
        }
    }

    @Test
    void a_folder_that_must_not_be_opened_is_none_that_needs_no_sync() {
        CrashingFiles files = CrashingFiles.seeded(1);
        files.denyFolders("/data/journal"::equals);
        assertThatThrownBy(() -> open(WAL, world.withFiles(files.process())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("/data/journal");
        files.denyFolders(path -> false);
        open(WAL, world.withFiles(files.process())).close();
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
