package dev.korm.testkit.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.event.PoolMetrics;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool logs and tells of its statements and its schema: their shape, never a value. */
@NullUnmarked // Tests dereference what they expect to be there.
class LoggingTest {
    @TempDir
    Path folder;

    @Stored(namespace = "shop", kind = "thing")
    record Thing(String name) {}

    @Test
    void statements_are_logged_at_debug_with_rows_and_time_and_without_values() throws Exception {
        String log = run("PT1S", "debug");
        assertThat(log).contains("DUPLICATE", "FOUND 2", "CONFLICT", "TIMEOUT");
        assertThat(log)
                .containsPattern("DEBUG dev[.]korm[.]events - The journal has taken [0-9]+ entries in ")
                .containsPattern("DEBUG dev[.]korm[.]events - The change \\S+ is stored in the layers \\[")
                .contains("DEBUG dev.korm.events - Recovery of the journal begins")
                .contains("DEBUG dev.korm.events - A change was refused, since somebody else had changed [rn]")
                .containsPattern("DEBUG dev[.]korm[.]events - The lock of .* was acquired at once")
                .contains("INFO dev.korm.events - A lock was waited for in vain: ");
        assertThat(log).containsPattern("DEBUG dev[.]korm[.]sql - main: [0-9.]+ ms, 2 rows, SELECT ");
        assertThat(log).containsPattern("DEBUG dev[.]korm[.]sql - main: [0-9.]+ ms, 1 row, INSERT INTO ");
        assertThat(log).containsPattern("dev[.]korm[.]sql - main: [0-9.]+ ms, failed with SQLiteException .SQL state");
        assertThat(log).doesNotContain("canary");
    }

    @Test
    void changes_of_schema_are_logged_at_info() throws Exception {
        String log = run("PT1S", "info");
        assertThat(log)
                .contains(
                        "INFO dev.korm.schema - Layer \"main\", table __items__shop__customer: make it with the columns [")
                .containsPattern("add the columns \\[.*mail.*city.*\\]")
                .containsPattern("make the indexes \\[.*on city.*\\]")
                .contains("customer: done");
        assertThat(log).doesNotContain("dev.korm.sql", "dev.korm.slow", "canary");
    }

    @Test
    void fields_that_look_renamed_or_are_of_another_type_are_told_at_warn_when_their_table_is_prepared()
            throws Exception {
        assertThat(run("PT0S", "warn"))
                .contains("the column room is of TEXT and its field is of another type", "convert(\"room\", …)")
                .contains(
                        "a column fullName is added, beside a column name that the record does not have",
                        "a column insuranceNumber is added, beside a column insurance that the record does not have");
    }

    @Test
    void a_field_that_looks_renamed_and_is_only_read_is_told_at_warn_once() throws Exception {
        assertThat(run("PT0S", "warn"))
                .containsOnlyOnce("the field petName has no column, and the record has no field for the column name")
                .contains("write @Name(\"name\") on it: else it is read as if nothing were stored");
    }

    @Test
    void items_that_some_programs_store_without_a_required_field_are_told_at_warn_when_their_table_is_prepared()
            throws Exception {
        assertThat(run("PT0S", "warn"))
                .contains(
                        "table __items__shop__pet: 1 of the 2 items looked at, the first and the last by id, cannot be read",
                        "The field \"age\" of AgedPet ([rn]:shop:pet:",
                        "give it a @Default")
                .doesNotContain("canary");
    }

    @Test
    void a_slow_statement_is_logged_at_warn_and_none_where_the_threshold_is_zero() throws Exception {
        assertThat(run("PT0.000000001S", "warn"))
                .contains("WARN dev.korm.slow - Slow statement in the layer \"main\": ")
                .doesNotContain("canary");
        Files.delete(folder.resolve("shop.sqlite"));
        assertThat(run("PT0S", "warn")).doesNotContain("dev.korm.slow");
    }

    private String run(String slow, String level) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level,
                        "-Dorg.slf4j.simpleLogger.showThreadName=false",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoggingProgram.class.getName(),
                        folder.resolve("shop.sqlite").toString(),
                        slow))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(out);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    @Test
    void listeners_are_told_of_each_statement_with_its_rows() {
        Queue<SentStatement> told = new ConcurrentLinkedQueue<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void statement(SentStatement statement) {
                told.add(statement);
            }
        };
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("told.sqlite")))
                .listener(listener)
                .open()) {
            Items<Thing> things = Korm.item(Thing.class, pool);
            Korm.createAll(List.of(things.fromData(new Thing("canary")), things.fromData(new Thing("canary"))));
            told.clear();
            assertThat(things.query().get()).hasSize(2);
            assertThat(told).anySatisfy(statement -> {
                assertThat(statement.layer()).isEqualTo("main");
                assertThat(statement.text()).startsWith("SELECT ");
                assertThat(statement.rows()).isEqualTo(2);
                assertThat(statement.took()).isGreaterThan(Duration.ZERO);
                assertThat(statement.failed()).isFalse();
            });
            assertThat(told).noneMatch(statement -> statement.text().contains("canary"));
        }
    }

    @Test
    void a_listener_that_throws_disturbs_no_statement() {
        PoolListener listener = new PoolListener() {
            @Override
            public void statement(SentStatement statement) {
                throw new IllegalStateException("planted");
            }
        };
        try (Pool pool =
                Korm.pool().layer("main", Sqlite.memory()).listener(listener).open()) {
            Items<Thing> things = Korm.item(Thing.class, pool);
            things.fromData(new Thing("one")).create();
            assertThat(things.query().get()).hasSize(1);
        }
    }

    /** Each event and each counter stands in the table of the documentation. */
    @Test
    void the_documentation_lists_every_event_and_counter() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        String page = Files.readString(root.resolve("docs/logging.md"));
        assertThat(page)
                .contains(Stream.concat(
                                Stream.of(PoolListener.class.getDeclaredMethods())
                                        .filter(method -> !method.isSynthetic())
                                        .map(method -> method.getName()),
                                Stream.of(PoolMetrics.class.getRecordComponents())
                                        .map(RecordComponent::getName))
                        .map(name -> "`" + name + "`")
                        .toList());
    }

    /** Each logger is named by its subject, and the page of the documentation has them all. */
    @Test
    void the_documentation_lists_every_logger() throws IOException {
        Pattern named = Pattern.compile("getLogger\\(([^)]*)\\)");
        TreeSet<String> loggers = new TreeSet<>();
        Path root = Path.of("").toAbsolutePath().getParent();
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("korm-core", "korm-depots", "korm-s3", "korm-wal")) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        for (Path source : sources) {
            Matcher logger = named.matcher(Files.readString(source));
            while (logger.find()) {
                loggers.add(logger.group(1).replace("\"", "`"));
            }
        }
        assertThat(loggers).hasSizeGreaterThan(8).allMatch(logger -> logger.startsWith("`dev.korm."));
        assertThat(Files.readString(root.resolve("docs/logging.md"))).contains(loggers);
    }
}
