package dev.korm.wal;

import dev.korm.testkit.Seed;
import dev.korm.wal.PoolHistory.Violation;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Collections that are moved to another layer by programs that are killed, while others change their items, on databases and a disk that lose the power. */
class RelocationCrashTest {
    /** A world is cut off at one of so many steps. */
    private static final int STEPS_OF_A_CUT = 8;

    private static RelocationWorld live(long seed, @Nullable EngineShortcut shortcut) {
        RelocationWorld world = new RelocationWorld(seed, shortcut, STEPS_OF_A_CUT);
        try {
            world.run();
        } catch (Violation violation) {
            throw new Violation("In the world of seed " + seed + ": " + violation.getMessage(), violation);
        }
        return world;
    }

    private static void crash(int most) {
        Random random = Seed.random(RelocationCrashTest.class);
        int crashes = 0;
        int worlds = 0;
        while (crashes < most) {
            crashes += live(random.nextLong(), null).crashes();
            worlds++;
        }
        System.out.println("Ended " + worlds + " moves and recovered from " + crashes + " crashes");
    }

    @Test
    void each_item_is_whole_in_one_of_two_layers_after_any_crash_of_a_move_and_the_next_ends_it() {
        crash(500);
    }

    @Test
    @Tag("long")
    void so_it_is_after_a_hundred_thousand_crashes() {
        crash(100_000);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "COPIES_.*")
    void a_step_that_is_left_out_is_noticed(EngineShortcut shortcut) {
        Random random = Seed.random(RelocationCrashTest.class);
        for (int world = 1; world <= 100; world++) {
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
