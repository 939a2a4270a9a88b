package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.fault.CrashingClient.Killed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.Steps.Shortcut;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A process that is killed between taking a log away and making that durable, beside another that then looks. What that one has not seen any more is not there after a power cut either: it
 * may have done something because of that.
 */
class SeenGoneTest {
    private static final int POWER_CUTS = 40;

    /** The step of forgetting a log that makes durable that it is gone. */
    private static final int SYNC = 2;

    private static int runs;

    /** Returns after how many power cuts a log was back that another process had seen gone. */
    private static int back(Steps steps) {
        int back = 0;
        for (int seed = 1; seed <= POWER_CUTS; seed++) {
            CrashingFiles files = CrashingFiles.seeded(seed);
            FileSystem first = files.process();
            journal(first, steps)
                    .append(List.of(new JournalEntry(Kind.PREPARED, "c-1", ByteBuffer.wrap(new byte[] {1, 2, 3}))));
            files.kill(first);
            FileSystem forgetting = files.process();
            Journal journal = journal(forgetting, steps);
            UnfinishedEntries entries = journal.unfinished();
            assertThat(entries.next()).isPresent();
            // It is open before the other one forgets, and so has synced nothing since.
            Journal looking = journal(files.process(), steps);
            int[] left = {SYNC};
            files.beforeStep(() -> {
                if (--left[0] == 0) {
                    files.kill(forgetting);
                    throw new Killed();
                }
            });
            assertThatExceptionOfType(Killed.class).isThrownBy(entries::forget);
            files.beforeStep(() -> {});
            assertThat(found(looking)).isEmpty();
            files.crash(seed);
            back += found(journal(files.process(), steps)).size();
        }
        return back;
    }

    private static Journal journal(FileSystem process, Steps steps) {
        return Wal.at("/data/journal")
                .with(new Wal.Settings(512, 2, 4, steps))
                .open(new JournalContext(
                        "pool", VirtualEnvironment.seeded(runs++).withFiles(process), name -> {
                            throw new AssertionError(name);
                        }));
    }

    private static List<String> found(Journal journal) {
        List<String> found = new ArrayList<>();
        UnfinishedEntries entries = journal.unfinished();
        for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
            found.add(next.get().change());
        }
        return found;
    }

    @Test
    void what_was_seen_gone_stays_gone() {
        assertThat(back(Steps.ALL)).isZero();
    }

    @Test
    void it_is_noticed_when_what_is_read_is_not_made_durable() {
        assertThat(back(new Steps(Set.of(Shortcut.NAMES_READ_UNSYNCED)))).isPositive();
    }
}
