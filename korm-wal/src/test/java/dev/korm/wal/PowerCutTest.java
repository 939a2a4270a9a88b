package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that change two databases and a folder together on a disk whose power is cut at any moment, by {@link CutDisk}. It is left out of a build without
 * the profile {@code long}, and skipped where no power can be cut. To run it, as root:
 *
 * <pre>{@code
 * mvn test -Plong -pl korm-wal -am -Dtest=PowerCutTest -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 *
 * <p>What this does not lose is the memory of the disk itself: what the system has sent to it is there after the cut, also where no sync has asked for it.
 */
@NullUnmarked // Tests dereference what they expect to be there.
@Tag("long")
class PowerCutTest {
    private static final int CUTS = 200;

    /** The cuts that a step is to be noticed in that is left out. */
    private static final int CUTS_OF_A_CONTROL = 60;

    private static final int CUTS_OF_A_DISK = 20;
    private static final Duration LIMIT = Duration.ofMinutes(25);

    @TempDir
    Path folder;

    @Test
    @Timeout(1_800)
    void a_power_cut_leaves_all_or_nothing_of_each_change_and_all_that_was_acknowledged() throws Exception {
        Random random = Seed.random(PowerCutTest.class);
        try (CutDisk disk = CutDisk.make(folder)) {
            ProgramStores stores = ProgramStores.in(disk.root());
            assertThat(cut(disk, stores, CUTS, random)).isEmpty();
        }
    }

    @Test
    @Timeout(900)
    void a_journal_that_is_not_synced_is_noticed() throws Exception {
        requireNoticed("journal", "unsynced-journal");
    }

    @Test
    @Timeout(900)
    void databases_that_are_not_synced_are_noticed() throws Exception {
        requireNoticed("sqlite", "unsynced-sqlite");
    }

    private void requireNoticed(String kind, String unsynced) throws Exception {
        Random random = Seed.random(PowerCutTest.class);
        try (CutDisk disk = CutDisk.make(folder)) {
            ProgramStores stores = ProgramStores.in(disk.root()).with(kind, unsynced);
            List<String> problems = cut(disk, stores, CUTS_OF_A_CONTROL, random);
            System.out.println(unsynced + " is noticed: " + problems);
            assertThat(problems).isNotEmpty();
        }
    }

    /** Cuts the power so many times, or until something is wrong, which is returned. */
    private List<String> cut(CutDisk disk, ProgramStores stores, int cuts, Random random) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        ChangedStores changed = new ChangedStores(stores);
        StringBuilder counts = new StringBuilder();
        int cut = 0;
        for (; cut < cuts && System.nanoTime() < end; cut++) {
            if (cut > 0 && cut % CUTS_OF_A_DISK == 0) {
                counts.append("\n  ").append(changed);
                disk.clear();
                changed = new ChangedStores(stores);
            }
            String prefix = "p" + cut;
            run(disk, stores, changed, prefix, random);
            disk.restart();
            List<String> problems = recover(changed);
            if (!problems.isEmpty()) {
                problems.add(0, "After the cut " + (cut + 1));
                return problems;
            }
        }
        System.out.println("The power was cut " + cut + " times" + counts + "\n  " + changed);
        assertThat(cut).as("cuts in time").isEqualTo(cuts);
        return List.of();
    }

    private List<String> recover(ChangedStores changed) throws IOException {
        try {
            return changed.recover();
        } catch (RuntimeException failed) {
            return new ArrayList<>(List.of(String.valueOf(failed), Files.readString(folder.resolve("program.log"))));
        }
    }

    private void run(CutDisk disk, ProgramStores stores, ChangedStores changed, String prefix, Random random)
            throws IOException {
        // Some are cut off in their opening, which recovers what the cut before has left.
        int changes = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(120);
        long pause = (changes == 0 ? 200_000L : 0) + random.nextInt(60_000);
        changed.begin(prefix);
        boolean cut = false;
        try (ChildProgram program =
                new ChildProgram(prefix, 1 + random.nextInt(4), stores, folder.resolve("program.log"), Map.of())) {
            int told = 0;
            while (true) {
                if (!cut && told == changes) {
                    LockSupport.parkNanos(pause * 1_000);
                    disk.cut();
                    cut = true;
                    program.kill();
                }
                String line = program.next();
                if (line == null) {
                    break;
                }
                changed.acknowledge(line);
                told++;
            }
        }
        if (!cut) {
            throw new IOException("A program ended by itself: " + Files.readString(folder.resolve("program.log")));
        }
    }
}
