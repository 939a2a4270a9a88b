package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.file.SweepReport;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.RecoveryReport;
import dev.korm.testkit.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that change two databases and a folder together, are killed anywhere, and are followed by others. */
@NullUnmarked // Tests dereference what they expect to be there.
class KilledChangesTest {
    private static final int THREADS = 4;

    record Left(String name, int version) {}

    record Right(
            String name,
            Rn<Left> left,
            int version,
            @Nullable FileRef file) {}

    @TempDir
    Path folder;

    @Test
    void a_program_that_is_killed_leaves_all_or_nothing_of_each_change() throws Exception {
        kill(Seed.next(KilledChangesTest.class), 6);
    }

    @Test
    @Tag("long")
    void so_do_many() throws Exception {
        kill(Seed.next(KilledChangesTest.class), 300);
    }

    private void kill(long seed, int rounds) throws Exception {
        Random random = new Random(seed);
        Set<String> acknowledged = new HashSet<>();
        long found = 0;
        long finished = 0;
        long dropped = 0;
        for (int round = 0; round < rounds; round++) {
            run(round, 1 + random.nextInt(150), random.nextInt(3_000), acknowledged);
            try (Pool pool = open(folder)) {
                RecoveryReport report = pool.recovery().atOpening();
                found += report.found();
                finished += report.finished();
                dropped += report.dropped();
                String state = "seed " + seed + ", round " + round + ", " + report;
                assertThat(report.quarantined() + report.unreachable())
                        .as(state)
                        .isZero();
                check(pool, acknowledged, state);
            }
        }
        System.out.println(
                "Killed " + rounds + " programs; " + acknowledged.size() + " changes were acknowledged; recovery found "
                        + found + ", finished " + finished + " and dropped " + dropped);
        try (Pool pool = open(folder)) {
            assertThat(pool.recovery().atOpening().found()).isZero();
        }
    }

    static Pool open(Path folder) {
        return Korm.pool()
                .layer("left", Sqlite.file(folder.resolve("left.sqlite")))
                .layer("right", Sqlite.file(folder.resolve("right.sqlite")))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .withWal(Wal.at(folder.resolve("journal")))
                .open();
    }

    /**
     * Runs a program until it has told of some changes, and a little longer.
     *
     * @param pause in microseconds, between the last line that is read and the kill
     */
    private void run(int round, int changes, int pause, Set<String> acknowledged) throws IOException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        folder.toString(),
                        String.valueOf(round))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int told = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                told++;
                if (told == changes) {
                    LockSupport.parkNanos(pause * 1_000L);
                    // By its handle, which leaves open what it has told.
                    program.toHandle().destroyForcibly();
                }
            }
        } finally {
            program.toHandle().destroyForcibly();
            program.onExit().join();
        }
        assertThat(told).as("the program was not killed").isGreaterThanOrEqualTo(changes);
    }

    private static void check(Pool pool, Set<String> acknowledged, String state) {
        Map<String, Item<Left>> lefts = new HashMap<>();
        for (Item<Left> left :
                Korm.item(Left.class, pool).fromQuery("left", "pairs", "left").get()) {
            lefts.put(left.data().name(), left);
        }
        Set<String> there = new HashSet<>();
        List<String> problems = new ArrayList<>();
        for (Item<Right> right : Korm.item(Right.class, pool)
                .fromQuery("right", "pairs", "right")
                .resolvePaths("file")
                .get()) {
            String name = right.data().name();
            Item<Left> left = lefts.remove(name);
            if (left == null) {
                problems.add(name + " is in the right layer alone");
                continue;
            }
            if (left.data().version() != right.data().version()) {
                problems.add(name + " is of two versions");
            }
            for (int version = 0; version <= left.data().version(); version++) {
                there.add(name + " " + version);
            }
            FileRef file = right.data().file();
            if (file != null
                    && !new String(file.bytes(), StandardCharsets.UTF_8)
                            .equals(name + " " + right.data().version())) {
                problems.add(name + " has the file of another version");
            }
        }
        lefts.keySet().forEach(name -> problems.add(name + " is in the left layer alone"));
        for (String each : acknowledged) {
            if (!there.contains(each)) {
                problems.add(each + " was acknowledged and is not there");
            }
        }
        assertThat(problems).as(state).isEmpty();
        SweepReport sweep = pool.sweep().reportOnly().run();
        assertThat(sweep.missing()).as(state).isZero();
        assertThat(sweep.unfinished()).as(state).isZero();
    }

    /** Creates pairs in several threads, and changes each once. Tells of a change when it is acknowledged. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            List<Thread> threads = new ArrayList<>();
            Pool pool = open(Path.of(arguments[0]));
            for (int t = 0; t < THREADS; t++) {
                String prefix = arguments[1] + "-" + t + "-";
                Thread thread = new Thread(() -> work(pool, prefix));
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void work(Pool pool, String prefix) {
            for (int i = 0; ; i++) {
                String name = prefix + i;
                Item<Left> left = null;
                Item<Right> right = null;
                for (int version = 0; version < 2; version++) {
                    FileRef file = i % 3 == 0
                            ? FileRef.of(
                                    "files", "pairs/" + name, (name + " " + version).getBytes(StandardCharsets.UTF_8))
                            : null;
                    if (version == 0) {
                        Korm.tx(
                                        Korm.item(Left.class, pool)
                                                .fromData("left", "pairs", "left", new Left(name, 0)),
                                        Korm.item(Right.class, pool)
                                                .fromData("right", "pairs", "right", new Right(name, null, 0, file)))
                                .persist();
                    } else {
                        left = Korm.item(Left.class, pool)
                                .fromQuery("left", "pairs", "left")
                                .where(dev.korm.Filter.eq("name", name))
                                .get()
                                .get(0);
                        right = Korm.item(Right.class, pool)
                                .fromQuery("right", "pairs", "right")
                                .where(dev.korm.Filter.eq("name", name))
                                .get()
                                .get(0);
                        Korm.tx(left.set(Left::version, 1), right.update(data -> new Right(name, null, 1, file)))
                                .persist();
                    }
                    System.out.println(name + " " + version);
                    System.out.flush();
                }
            }
        }
    }
}
