package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two programs, each a process of its own, with one schedule. */
@NullUnmarked // Tests dereference what they expect to be there.
class SchedulesOfProgramsTest {
    private static final int HOURS = 3600;
    private static final String FIRST = "next 2030-01-01T02:00:00Z";
    private static final String SECOND = "next 2030-01-02T02:00:00Z";

    @TempDir
    Path folder;

    /** A program whose time the test rules. */
    private final class Program implements AutoCloseable {
        private final Process process;
        private final Writer in;
        private final BufferedReader out;

        Program(int seed, String... how) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ScheduleProgram.class.getName(),
                    folder.toString(),
                    Integer.toString(seed)));
            command.addAll(List.of(how));
            process = new ProcessBuilder(command)
                    .redirectError(Redirect.appendTo(folder.resolve("log").toFile()))
                    .start();
            in = process.outputWriter(StandardCharsets.UTF_8);
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** Lets seconds pass for it; what it said until it holds, or they have passed. */
        List<String> pass(int seconds) throws IOException {
            in.write(seconds + "\n");
            in.flush();
            return heard();
        }

        List<String> heard() throws IOException {
            List<String> said = new ArrayList<>();
            String line;
            do {
                line = out.readLine();
                if (line == null) {
                    throw new AssertionError("It ended: " + Files.readString(folder.resolve("log")));
                }
                said.add(line);
            } while (!line.equals("open") && !line.equals("holds") && !line.startsWith("next "));
            return said;
        }

        /** Lets time pass until it has taken over, which needs the lease of the other to end by the store's clock. */
        List<String> takesOver(int seconds) throws IOException {
            List<String> said = pass(seconds);
            for (int i = 0; i < 600 && said.size() == 1; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                said = pass(30);
            }
            return said;
        }

        void kill() {
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }

        @Override
        public void close() {
            kill();
        }
    }

    private long backups() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("copies"))) {
            return files.filter(file -> file.endsWith("manifest.json")).count();
        }
    }

    @Test
    void the_second_takes_over_when_the_first_is_killed() throws IOException {
        try (Program first = new Program(1, "hold");
                Program second = new Program(2, "free")) {
            first.heard();
            second.heard();
            assertThat(first.pass(2 * HOURS)).containsExactly("begun", "holds");
            assertThat(second.pass(2 * HOURS)).as("it is claimed").containsExactly(FIRST);
            assertThat(second.pass(60)).containsExactly(FIRST);
            assertThat(backups()).isZero();
            first.kill();
            assertThat(second.takesOver(180)).as("the claim is over").containsExactly("begun", "ended", SECOND);
            assertThat(second.pass(2 * HOURS)).containsExactly(SECOND);
            assertThat(backups()).isOne();
        }
    }

    @Test
    void one_that_stood_still_does_not_take_back_what_the_second_has_done() throws IOException {
        try (Program first = new Program(1, "hold");
                Program second = new Program(2, "free")) {
            first.heard();
            second.heard();
            assertThat(first.pass(2 * HOURS)).containsExactly("begun", "holds");
            assertThat(second.takesOver(2 * HOURS + 300)).containsExactly("begun", "ended", SECOND);
            // It goes on, with a clock that stood still as well.
            assertThat(first.pass(0)).last().isEqualTo(SECOND);
            assertThat(first.pass(600)).as("nothing is due").containsExactly(SECOND);
            assertThat(second.pass(600)).containsExactly(SECOND);
        }
    }

    @Test
    @Tag("long") // It starts a server.
    void of_two_programs_on_one_server_one_makes_each_backup() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setPort(0).start()) {
            String url = "postgres://postgres@localhost:" + server.getPort() + "/postgres";
            try (Program first = new Program(1, "hold", url);
                    Program second = new Program(2, "free", url)) {
                first.heard();
                second.heard();
                assertThat(first.pass(2 * HOURS)).containsExactly("begun", "holds");
                assertThat(second.pass(2 * HOURS)).as("it is claimed").containsExactly(FIRST);
                // The other goes on, and ends what it has claimed.
                assertThat(first.pass(0)).containsExactly("ended", SECOND);
                assertThat(backups()).isOne();
                assertThat(second.pass(600)).as("it is done").containsExactly(SECOND);
                for (int day = 2; day < 9; day++) {
                    Program early = day % 2 == 0 ? first : second;
                    Program late = day % 2 == 0 ? second : first;
                    String next = "next 2030-01-0" + (day + 1) + "T02:00:00Z";
                    assertThat(early.pass(24 * HOURS)).containsExactly("begun", "ended", next);
                    assertThat(late.pass(24 * HOURS)).as("the other was first").containsExactly(next);
                    assertThat(backups()).isEqualTo(day);
                }
            }
        }
    }
}
