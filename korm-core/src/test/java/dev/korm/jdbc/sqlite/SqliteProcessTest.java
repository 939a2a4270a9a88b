package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.ColumnSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Several programs on one file, and one that is killed. */
class SqliteProcessTest extends SqliteWorld {
    private Process child(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader output(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void two_programs_that_evolve_one_table_at_once_both_succeed() throws Exception {
        Process first = child("evolve", file().toString(), "a");
        Process second = child("evolve", file().toString(), "b");
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(open().describe(USERS).orElseThrow().columns())
                .extracting(ColumnSchema::name)
                .contains("name", "a0", "a9", "b0", "b9");
    }

    @Test
    void two_programs_write_by_turns_and_lose_nothing() throws Exception {
        SqliteLayer layer = open(source().busyTimeout(Duration.ofSeconds(60)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        Process other = child("write", file().toString(), "4", "50");
        BufferedReader lines = output(other);
        assertThat(lines.readLine()).isNotNull();
        for (int i = 0; i < 50; i++) {
            apply(layer, user(1_000_000 + i, "here"));
        }
        while (lines.readLine() != null) {
            // Until it ends.
        }
        assertThat(other.waitFor()).isZero();
        assertThat(count(layer)).isEqualTo(250);
    }

    @Test
    void a_program_that_is_killed_loses_nothing_that_it_acknowledged() throws Exception {
        for (int round = 0; round < 3; round++) {
            try (SqliteLayer layer = (SqliteLayer) source().open("main", Environment.system())) {
                layer.evolve(schema(USERS, NAME, REVISION), Set.of());
                apply(layer, new dev.korm.spi.Mutation.DeleteSelected(users(Condition.ALWAYS)));
            }
            Process writer = child("write", file().toString(), "8", "1000000");
            Set<String> acknowledged = new HashSet<>();
            try (BufferedReader lines = output(writer)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    acknowledged.add(line);
                    if (acknowledged.size() == 200) {
                        writer.toHandle().destroyForcibly(); // Process.destroyForcibly would close the stream too.
                    }
                }
            }
            writer.waitFor();
            Set<String> stored = new HashSet<>();
            try (SqliteLayer layer = (SqliteLayer) source().open("main", Environment.system());
                    RowCursor cursor = layer.select(users(Condition.ALWAYS, value("rnId", ColumnKind.ID)))) {
                while (cursor.next()) {
                    stored.add(String.valueOf(cursor.get(0)));
                }
            }
            // A line that was cut by the kill is no acknowledgement.
            acknowledged.removeIf(line -> line.length() != 36);
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(200).isSubsetOf(stored);
        }
    }

    /** What the other programs do. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Sqlite source = Sqlite.file(arguments[1]).busyTimeout(Duration.ofSeconds(60));
            try (SqliteLayer layer = (SqliteLayer) source.open("main", Environment.system())) {
                if (arguments[0].equals("evolve")) {
                    for (int i = 0; i < 10; i++) {
                        layer.evolve(
                                schema(USERS, NAME, new ColumnSchema(arguments[2] + i, ColumnKind.TEXT)), Set.of());
                    }
                } else {
                    write(layer, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
                }
            }
        }

        private static void write(SqliteLayer layer, int threads, int each) throws InterruptedException {
            List<Thread> started = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = t * 100_000;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        apply(layer, user(first + i, "there"));
                        System.out.println(id(first + i));
                    }
                });
                started.add(thread);
                thread.start();
            }
            for (Thread thread : started) {
                thread.join();
            }
        }
    }
}
