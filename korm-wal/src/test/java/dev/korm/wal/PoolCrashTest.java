package dev.korm.wal;

import dev.korm.testkit.Seed;
import dev.korm.wal.PoolHistory.Violation;
import java.util.Random;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

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

    /** Crashes worlds, one in each thread and each by a seed of its own. */
    private static void crash(int most, Random random) throws Exception {
        long begin = System.nanoTime();
        AtomicInteger crashes = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService worlds = Executors.newFixedThreadPool(threads);
        try {
            CompletionService<Integer> ended = new ExecutorCompletionService<>(worlds);
            for (int thread = 0; thread < threads; thread++) {
                ended.submit(() -> {
                    while (crashes.get() < most) {
                        PoolWorld world = live(next(random), null);
                        crashes.addAndGet(world.crashes());
                        together.addAndGet(world.together());
                    }
                    return crashes.get();
                });
            }
            for (int thread = 0; thread < threads; thread++) {
                ended.take().get();
            }
        } finally {
            worlds.shutdownNow();
        }
        long millis = Math.max(1, (System.nanoTime() - begin) / 1_000_000);
        System.out.println("Recovered from " + crashes + " crashes, " + crashes.get() * 1000L / millis
                + " a second, with " + together + " changes committed together with others");
    }

    /** Returns a seed that is one of the sequence whatever other threads draw. */
    private static long next(Random random) {
        synchronized (random) {
            return random.nextLong();
        }
    }

    @Test
    void a_change_is_whole_or_absent_after_any_crash() throws Exception {
        crash(5_000, Seed.random(getClass()));
    }

    @Test
    @Tag("long")
    void a_change_is_whole_or_absent_after_a_hundred_thousand_crashes() throws Exception {
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
                "STAGED_RELEASED_EARLY",
                "REFERENCES_NOT_RENAMED",
                "LEFT_BEHIND_BY_A_MOVE",
                "TAKEN_AWAY_BEFORE_A_MOVE",
                "NOT_BROUGHT_BY_A_MOVE",
                "DELETED_ROW_NOT_KEPT"
            })
    void a_step_that_is_left_out_is_noticed_at_once(EngineShortcut shortcut) {
        notice(shortcut, 30);
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource(mode = Mode.MATCH_NONE, names = "COPIES_.*")
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
