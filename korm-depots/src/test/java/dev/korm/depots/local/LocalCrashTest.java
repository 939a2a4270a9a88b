package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingFiles.Failure;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder on a disk that loses what was not synced: a staged file that is gone is at its name, whatever failed on the way, and whatever comes then. */
class LocalCrashTest {
    private static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");
    private static final Rn<?> STAGED = Rn.file("files", "staged", "x");
    private static final Rn<?> FILE = Rn.file("files", "docs", "x");
    private static final int CRASHES = 30;

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);

    private Depot open(CrashingFiles files) {
        return LocalDepot.at("/files").open("files", world.withFiles(files.process()));
    }

    private static void put(Depot depot, Rn<?> file, String text, String item, int revision) {
        depot.put(
                file,
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                PutOptions.NONE.attribute("item", item).attribute("revision", String.valueOf(revision)));
    }

    private static String text(Depot depot, Rn<?> file) {
        try (FileContent content = depot.get(file)) {
            return new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Returns a disk on which an old file has its name, and a new one is staged. */
    private CrashingFiles staged(long seed, boolean links) {
        CrashingFiles files = CrashingFiles.seeded(seed);
        if (!links) {
            files.leaveOutLinks();
        }
        try (Depot depot = open(files)) {
            put(depot, FILE, "old", "a", 1);
            put(depot, STAGED, "new", "a", 2);
        }
        return files;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_staged_file_of_a_killed_program_stays_until_its_name_is_durable(boolean links) {
        boolean stopped = true;
        for (int step = 1; stopped; step++) {
            CrashingFiles files = staged(step, links);
            Depot depot = open(files);
            files.stopAt(step);
            stopped = fails(depot);
            files.resume();
            requireNewAfterCrashes(files, "killed at step " + step);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_staged_file_stays_until_its_name_is_durable_when_a_sync_fails(boolean links) {
        boolean failed = true;
        for (int sync = 1; failed; sync++) {
            CrashingFiles files = staged(sync, links);
            Depot depot = open(files);
            files.failSync(sync, Failure.EIO);
            failed = fails(depot);
            requireNewAfterCrashes(files, "sync " + sync + " fails");
        }
    }

    private static boolean fails(Depot depot) {
        return fails(() -> assertThat(depot.moveIfNewer(STAGED, FILE, NEWER)).isTrue());
    }

    /** Does as recovery does, by crashed copies of a disk: a file that is staged is moved, and one that is not is taken for one that is at its name. */
    private void requireNewAfterCrashes(CrashingFiles files, String what) {
        for (int seed = 0; seed < CRASHES; seed++) {
            CrashingFiles copy = files.copy(seed);
            boolean settled;
            try (Depot next = open(copy)) {
                settled = settle(next, seed % 2 == 0);
            }
            copy.crash(seed);
            try (Depot after = open(copy)) {
                if (!settled) {
                    settle(after, true);
                }
                assertThat(text(after, FILE)).as(what + ", crash " + seed).isEqualTo("new");
            }
        }
    }

    private static boolean settle(Depot depot, boolean moves) {
        boolean isStaged = depot.stat(STAGED).isPresent();
        if (isStaged && moves) {
            assertThat(depot.moveIfNewer(STAGED, FILE, NEWER)).isTrue();
        }
        return moves || !isStaged;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_staged_file_yields_only_to_one_whose_name_is_durable(boolean links) {
        int yields = 0;
        for (int sync = 1; sync < 12; sync++) {
            for (int seed = 0; seed < CRASHES; seed++) {
                CrashingFiles files = staged(seed, links);
                try (Depot depot = open(files)) {
                    files.failSync(sync, Failure.EIO);
                    if (!fails(() -> put(depot, FILE, "later", "a", 3))
                            || !text(depot, FILE).equals("later")) {
                        continue;
                    }
                    assertThat(depot.moveIfNewer(STAGED, FILE, NEWER)).isFalse();
                    yields++;
                }
                files.crash(seed);
                try (Depot after = open(files)) {
                    assertThat(text(after, FILE)).as("crash " + seed).isEqualTo("later");
                }
            }
        }
        assertThat(yields).as("files at a name that is not durable").isPositive();
    }

    /** One program is killed at a step, the next at a step of its own, and the power is cut then. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_file_keeps_its_label_when_neither_of_two_that_were_to_replace_it_is_there_after_a_crash(boolean links) {
        for (Consumer<Depot> second :
                List.<Consumer<Depot>>of(depot -> settle(depot, true), depot -> put(depot, FILE, "later", "a", 3))) {
            boolean first = true;
            for (int kill = 1; first; kill++) {
                CrashingFiles killed = staged(kill, links);
                Depot depot = open(killed);
                killed.stopAt(kill);
                first = fails(depot);
                killed.resume();
                boolean stopped = true;
                for (int cut = 1; stopped; cut++) {
                    CrashingFiles files = killed.copy(cut);
                    Depot next = open(files);
                    files.stopAt(cut);
                    stopped = fails(() -> second.accept(next));
                    for (int seed = 0; seed < CRASHES / 10; seed++) {
                        CrashingFiles copy = files.copy(seed);
                        copy.crash(seed);
                        requireLabelled(
                                copy, "killed at step " + kill + ", cut off at step " + cut + ", crash " + seed);
                    }
                }
            }
        }
    }

    private void requireLabelled(CrashingFiles files, String what) {
        try (Depot depot = open(files)) {
            String revision = depot.stat(FILE).orElseThrow().attributes().get("revision");
            assertThat(revision)
                    .as("%s: the label of \"%s\"", what, text(depot, FILE))
                    .isEqualTo(
                            switch (text(depot, FILE)) {
                                case "old" -> "1";
                                case "new" -> "2";
                                default -> "3";
                            });
        }
    }

    private static boolean fails(Runnable change) {
        try {
            change.run();
            return false;
        } catch (KormException failed) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_a_program_has_left_that_was_cut_off_at_its_first_file_loses_no_file_of_the_next(boolean syncs) {
        boolean cut = true;
        for (int step = 1; cut; step++) {
            CrashingFiles files = CrashingFiles.seeded(step);
            if (syncs) {
                files.failSync(step, Failure.EIO);
            } else {
                files.stopAt(step);
            }
            cut = fails(() -> put(deep(files), FILE, "first", "a", 1));
            files.resume();
            put(deep(files), FILE, "second", "a", 2);
            for (int seed = 0; seed < CRASHES; seed++) {
                CrashingFiles copy = files.copy(seed);
                copy.crash(seed);
                Depot depot = deep(copy);
                String what = (syncs ? "sync " : "step ") + step + ", crash " + seed;
                assertThat(text(depot, FILE)).as(what).isEqualTo("second");
                assertThat(depot.stat(FILE).orElseThrow().attributes()).as(what).containsEntry("revision", "2");
            }
        }
    }

    private Depot deep(CrashingFiles files) {
        return LocalDepot.at("/data/of/files").open("files", world.withFiles(files.process()));
    }

    /** One program begins at a step of the other, wins the races from there on, and is cut off at one of its own steps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void who_loses_the_race_to_make_folders_makes_them_durable_all_the_same(int end) {
        boolean raced = true;
        for (int begin = 1; raced; begin++) {
            CrashingFiles files = CrashingFiles.seeded(begin);
            AtomicInteger ours = new AtomicInteger(begin);
            AtomicInteger theirs = new AtomicInteger(end + 1);
            files.beforeStep(() -> {
                if (ours.get() > 0 && ours.decrementAndGet() == 0) {
                    openUntilCutOff(files);
                } else if (ours.get() == 0 && theirs.get() > 0 && theirs.decrementAndGet() == 0) {
                    throw new UncheckedIOException(new IOException("cut off"));
                }
            });
            put(deep(files), FILE, "first", "a", 1);
            raced = ours.get() == 0;
            files.beforeStep(() -> {});
            for (int seed = 0; seed < CRASHES / 3; seed++) {
                CrashingFiles copy = files.copy(seed);
                copy.crash(seed);
                assertThat(text(deep(copy), FILE))
                        .as("from step %d to step %d, crash %d", begin, end, seed)
                        .isEqualTo("first");
            }
        }
    }

    private void openUntilCutOff(CrashingFiles files) {
        try {
            deep(files);
        } catch (UncheckedIOException cutOff) {
            assertThat(cutOff).hasMessageContaining("cut off");
        }
    }

    @Test
    void a_file_that_a_second_attempt_does_not_find_was_moved_durably_by_the_first() {
        int behind = 0;
        for (int sync = 1; sync < 12; sync++) {
            CrashingFiles files = staged(sync, true);
            Depot depot = open(files);
            files.failSync(sync, Failure.EIO);
            boolean first = fails(() -> depot.move(STAGED, FILE));
            if (!first || depot.stat(STAGED).isPresent()) {
                continue;
            }
            assertThat(fails(() -> depot.move(STAGED, FILE))).isTrue();
            behind++;
            for (int seed = 0; seed < CRASHES; seed++) {
                CrashingFiles copy = files.copy(seed);
                copy.crash(seed);
                assertThat(text(open(copy), FILE))
                        .as("sync " + sync + ", crash " + seed)
                        .isEqualTo("new");
            }
        }
        assertThat(behind).as("failures behind the renaming").isPositive();
    }

    @Test
    void a_staged_file_that_is_at_its_name_already_leaves_the_staging() {
        CrashingFiles files = staged(1, true);
        try (Depot depot = open(files)) {
            for (int sync = 1; fails(depot, files, sync); sync++) {
                assertThat(depot.stat(FILE)).isPresent();
            }
            assertThat(depot.stat(STAGED)).isEmpty();
            assertThat(text(depot, FILE)).isEqualTo("new");
            assertThat(depot.stat(FILE).orElseThrow().attributes()).containsEntry("revision", "2");
        }
    }

    private static boolean fails(Depot depot, CrashingFiles files, int sync) {
        files.failSync(sync, Failure.EIO);
        boolean failed = fails(depot);
        files.failSync(0, Failure.EIO);
        return failed && depot.stat(STAGED).isPresent();
    }
}
