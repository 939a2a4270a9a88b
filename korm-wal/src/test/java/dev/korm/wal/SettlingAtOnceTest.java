package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two programs, each a process of its own, that settle what a third one has left, at the same moment. */
class SettlingAtOnceTest {
    private static final int ROUNDS = 5;
    private static final String NOTHING =
            "RecoveryReport[found=0, finished=0, dropped=0, unreachable=0, quarantined=0]";
    private static final String FINISHED =
            "RecoveryReport[found=1, finished=1, dropped=0, unreachable=0, quarantined=0]";
    private static final String QUARANTINED =
            "RecoveryReport[found=1, finished=0, dropped=0, unreachable=0, quarantined=1]";

    @TempDir
    private Path folder;

    private Told one;
    private Told two;

    /** A {@link SettlingProgram} in a process. */
    private static final class Told implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;
        private final Writer orders;

        Told(Path log) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xshare:auto",
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SettlingProgram.class.getName())
                    .redirectError(Redirect.appendTo(log.toFile()))
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            orders = process.outputWriter(StandardCharsets.UTF_8);
        }

        void tell(String... words) throws IOException {
            orders.write(String.join(" ", words) + "\n");
            orders.flush();
        }

        String answer() throws IOException {
            return Objects.requireNonNull(answers.readLine(), "the program has ended");
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    @BeforeEach
    void leaveAnUnfinishedChange() throws IOException {
        Path dead = Files.createDirectory(folder.resolve("dead"));
        try (Pool pool = SettlingProgram.pool(dead)) {
            for (String layer : List.of("left", "right")) {
                SettlingProgram.parts(pool)
                        .fromData(layer, "sets", "part", new SettlingProgram.Part("one", "old"))
                        .create();
            }
        }
        try (Told dying = new Told(folder.resolve("log"))) {
            assertThat(dying.answer()).isEqualTo("ready");
            dying.tell("die", dead.toString());
            assertThat(dying.answers.readLine()).as("it is dead").isNull();
        }
        one = new Told(folder.resolve("log"));
        two = new Told(folder.resolve("log"));
        assertThat(one.answer()).isEqualTo("ready");
        assertThat(two.answer()).isEqualTo("ready");
    }

    @AfterEach
    void end() {
        one.close();
        two.close();
    }

    /** Returns a copy of what the dead program has left. */
    private Path left(int round) throws IOException {
        Path copy = folder.resolve("round-" + round);
        try (Stream<Path> all = Files.walk(folder.resolve("dead"))) {
            for (Path from : all.toList()) {
                Path to = copy.resolve(folder.resolve("dead").relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(from, to);
                }
            }
        }
        return copy;
    }

    /** Has both do something at the same time; returns what they answer. */
    private List<String> both(String... words) throws IOException {
        String[] order = Stream.concat(Stream.of(words), Stream.of(String.valueOf(System.currentTimeMillis() + 20)))
                .toArray(String[]::new);
        one.tell(order);
        two.tell(order);
        return List.of(one.answer(), two.answer());
    }

    private void close() throws IOException {
        one.tell("close");
        two.tell("close");
        assertThat(List.of(one.answer(), two.answer())).containsOnly("done");
    }

    @Test
    void one_of_two_that_open_the_pool_finishes_the_change() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> opened = both("open", left(round).toString());
            assertThat(opened)
                    .as("round " + round)
                    .filteredOn(said -> said.startsWith(FINISHED))
                    .hasSize(1);
            assertThat(opened)
                    .as("round " + round)
                    .filteredOn(said -> said.startsWith(NOTHING))
                    .hasSize(1);
            assertThat(opened).filteredOn(said -> said.startsWith(FINISHED)).containsExactly(FINISHED + " new new");
            close();
            try (Pool pool = SettlingProgram.pool(folder.resolve("round-" + round))) {
                assertThat(pool.recovery().atOpening().found()).isZero();
                assertThat(SettlingProgram.text(pool, "left")).isEqualTo("new");
                assertThat(SettlingProgram.text(pool, "right")).isEqualTo("new");
            }
        }
    }

    @Test
    void one_of_two_that_resolve_a_quarantined_change_does_it_and_the_other_is_told() throws IOException {
        try (Pool other = Korm.pool()
                .layer("left", Sqlite.file(folder.resolve("dead/left.sqlite")))
                .open()) {
            SettlingProgram.parts(other)
                    .fromQuery("left", "sets", "part")
                    .get()
                    .get(0)
                    .update(part -> new SettlingProgram.Part("one", "theirs"))
                    .commit();
        }
        String[] change = new String[1];
        WalReader.at(folder.resolve("dead/journal"))
                .unfinished(found -> change[0] = found.change().id());
        for (int round = 0; round < ROUNDS; round++) {
            List<String> opened = both("open", left(round).toString());
            assertThat(opened)
                    .as("round " + round)
                    .containsExactlyInAnyOrder(QUARANTINED + " theirs new", NOTHING + " theirs new");
            List<String> resolved = both("resolve", change[0]);
            assertThat(resolved)
                    .as("round " + round)
                    .filteredOn(said -> said.equals("settled new"))
                    .hasSize(1);
            assertThat(resolved)
                    .as("round " + round)
                    .filteredOn(said -> said.startsWith("JournalException: ") && said.contains(change[0]))
                    .hasSize(1);
            close();
            try (Pool pool = SettlingProgram.pool(folder.resolve("round-" + round))) {
                assertThat(pool.recovery().atOpening().found()).isZero();
                assertThat(SettlingProgram.text(pool, "left")).isEqualTo("new");
            }
        }
    }
}
