package dev.korm.wal;

import dev.korm.testkit.Seed;
import dev.korm.wal.PoolHistory.Violation;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pools that change several databases and a folder together, in programs that are killed, on databases that lose their connections and a disk that loses,
 * tears and reorders what was not synced.
 */
class PoolCrashTest {
    private static final int CHANGES_OF_A_WORLD = 25;

    /** A world is cut off at one of so many steps. */
    private static final int STEPS_OF_A_CUT = 8;

    private static PoolWorld live(long seed, @Nullable EngineShortcut shortcut) {
        PoolWorld world = new PoolWorld(seed, shortcut, STEPS_OF_A_CUT);
        try {
            world.run(CHANGES_OF_A_WORLD);
        } catch (Violation violation) {
            throw new Violation("In the world of seed " + seed + ": " + violation.getMessage(), violation);
        }
        return world;
    }

    private static void crash(int most, Random random) {
        long begin = System.nanoTime();
        int crashes = 0;
        while (crashes < most) {
            crashes += live(random.nextLong(), null).crashes();
        }
        long millis = Math.max(1, (System.nanoTime() - begin) / 1_000_000);
        System.out.println("Recovered from " + crashes + " crashes, " + crashes * 1000L / millis + " a second");
    }

    @Test
    void a_change_is_whole_or_absent_after_any_crash() {
        crash(5_000, Seed.random(getClass()));
    }

    @Test
    @Tag("long")
    void a_change_is_whole_or_absent_after_a_hundred_thousand_crashes() {
        crash(100_000, Seed.random(getClass()));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "FOLLOWERS_FIRST",
                "DECIDED_BEFORE_LOGGED",
                "NOT_LOGGED",
                "LOGGED_UNSYNCED",
                "DONE_WHEN_PREPARED",
                "REDO_LEFT_OUT",
                "COORDINATORS_MARKER_DELETED_EARLY",
                "COORDINATOR_UNSYNCED",
                "FOLLOWERS_UNSYNCED",
                "FORBIDDEN_IN_ANOTHER_LAYER",
                "ENTRY_SKIPPED",
                "MARKERS_DELETED_BEFORE_FILES",
                "FILES_UNSYNCED",
                "FILE_NAMES_UNSYNCED",
                "STAGED_RELEASED_EARLY"
            })
    void a_step_that_is_left_out_is_noticed_at_once(EngineShortcut shortcut) {
        notice(shortcut, 30);
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource
    void a_step_that_is_left_out_is_noticed(EngineShortcut shortcut) {
        notice(shortcut, 2_000);
    }

    private static void notice(EngineShortcut shortcut, int worlds) {
        Random random = Seed.random(PoolCrashTest.class);
        for (int world = 1; world <= worlds; world++) {
            try {
                live(random.nextLong(), shortcut);
            } catch (Violation violation) {
                System.out.println(shortcut + " is noticed in world " + world + ": " + violation.getMessage());
                return;
            }
        }
        throw new AssertionError("Nothing shows that this step is left out: " + shortcut);
    }
}
