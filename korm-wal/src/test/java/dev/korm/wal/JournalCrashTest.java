package dev.korm.wal;

import dev.korm.testkit.Seed;
import dev.korm.wal.JournalWorld.Violation;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.Steps.Shortcut;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The journal on a disk that loses, tears and reorders what was not synced, with processes killed and disks failing at any step. */
class JournalCrashTest {
    private static final int CRASHES_OF_A_WORLD = 40;

    private static void crash(int worlds, Steps steps, Random random) {
        for (int i = 0; i < worlds; i++) {
            long seed = random.nextLong();
            try {
                new JournalWorld(seed, steps).run(CRASHES_OF_A_WORLD);
            } catch (Violation violation) {
                throw new Violation("In the world of seed " + seed + ": " + violation.getMessage(), violation);
            }
        }
    }

    @Test
    void what_was_appended_is_found_after_any_crash_and_nothing_else() {
        crash(250, Steps.ALL, Seed.random(getClass()));
    }

    @Test
    @Tag("long")
    void what_was_appended_is_found_after_a_million_crashes() {
        crash(25_000, Steps.ALL, Seed.random(getClass()));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {
                // Of bytes that change while they lie on the disk, which no crash does.
                "SEGMENT_ENDS_UNCHECKED",
                "GAPS_UNCHECKED",
                "DAMAGE_TAKEN_FOR_A_TORN_END",
                // After a crash the checksums of the records find the same, though not of all bytes: DamagedLogTest.
                "FRAMES_UNCHECKED",
                // A second process has to come between two steps of the first, as it does in SeenGoneTest.
                "NAMES_READ_UNSYNCED"
            })
    void a_step_that_is_left_out_is_noticed(Shortcut shortcut) {
        Random random = Seed.random(getClass());
        Steps steps = new Steps(Set.of(shortcut));
        for (int world = 1; world <= 1000; world++) {
            try {
                new JournalWorld(random.nextLong(), steps).run(CRASHES_OF_A_WORLD);
            } catch (Violation violation) {
                System.out.println(shortcut + " is noticed in world " + world + ": " + violation.getMessage());
                return;
            }
        }
        throw new AssertionError("Nothing shows that this step is left out: " + shortcut);
    }
}
