package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreBusyException;
import dev.korm.StoreCorruptException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreFullException;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a user is told when the database cannot do what was asked. */
class SqliteFailuresTest extends SqliteWorld {
    private void fails(Sqlite source, Class<? extends StoreException> type, String... words) {
        assertThatThrownBy(() -> source.open("main", Environment.system()))
                .isInstanceOf(type)
                .hasMessageContainingAll("layer main")
                .hasMessageContainingAll(words);
    }

    @Test
    void a_file_that_is_no_database_is_said_to_be_none() throws Exception {
        Files.writeString(
                file(), "this is a text file, and longer than the head of a database file would be. ".repeat(20));
        fails(source(), StoreCorruptException.class, file().toString(), "not an SQLite database");
        fails(source().readOnly(), StoreCorruptException.class, file().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 99, 100, 511, 512})
    void a_short_file_that_is_no_database_is_refused_and_stays_as_it_is(int size) throws Exception {
        Files.writeString(file(), "x".repeat(size));
        fails(source(), StoreCorruptException.class, file().toString(), "not an SQLite database");
        fails(source().readOnly(), StoreCorruptException.class, file().toString());
        assertThat(file()).hasContent("x".repeat(size));
    }

    @Test
    void an_empty_file_becomes_a_database() throws Exception {
        Files.createFile(file());
        open().evolve(schema(USERS, NAME, REVISION), Set.of());
        assertThat(query("SELECT count(*) FROM \"" + USERS + "\"")).containsExactly("0");
    }

    @Test
    void a_missing_folder_is_said_to_be_missing() {
        Path missing = folder.resolve("no/such/korm.sqlite");
        fails(
                Sqlite.file(missing),
                StoreUnavailableException.class,
                missing.toString(),
                "there is no folder " + missing.getParent(),
                "Files.createDirectories(Path.of(\"" + missing.getParent() + "\"))");
        fails(Sqlite.file(folder), StoreUnavailableException.class, folder.toString());
        fails(source().readOnly(), StoreUnavailableException.class, file().toString());
        assertThat(file()).doesNotExist();
    }

    @Test
    void a_folder_that_takes_no_files_is_said_to_take_none() throws Exception {
        try (SqliteLayer layer = (SqliteLayer) source().open("main", Environment.system())) {
            layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            List<String> command = new ArrayList<>();
            if (Files.isWritable(folder)) {
                // Root may write everywhere, unless it gives up the right to.
                command.addAll(List.of("setpriv", "--bounding-set=-dac_override", "--inh-caps=-all"));
            }
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    UnwritableFolderProgram.class.getName(),
                    folder.toString()));
            String said = said(command);
            assertThat(said).doesNotContain(UnwritableFolderProgram.WRITABLE);
            assertThat(said.lines().filter(line -> line.contains(StoreReadOnlyException.class.getName())))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains(
                                    "layer main",
                                    "the folder " + folder + " may not be written to",
                                    "copy the database"));
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static String said(List<String> command) throws Exception {
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            // It says less than a pipe holds, so nobody need read before it has ended.
            assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void odd_paths_are_paths() throws Exception {
        for (String name :
                List.of("a b.db", "what?.db", "100%.db", "a#b.db", "é😀.db", "file:x", "a;b&c=d.db", ":memory:")) {
            Path odd = folder.resolve(name);
            try (SqliteLayer layer = (SqliteLayer) Sqlite.file(odd).open("main", Environment.system())) {
                layer.evolve(schema(USERS, NAME, REVISION), Set.of());
                apply(layer, user(1, "Ada"));
                assertThat(odd).exists();
            }
            try (SqliteLayer layer = (SqliteLayer) Sqlite.file(odd).open("main", Environment.system())) {
                assertThat(count(layer)).isEqualTo(1);
            }
        }
    }

    @Test
    void a_lock_of_another_program_is_waited_for_and_then_named() throws Exception {
        SqliteLayer layer = open(source().busyTimeout(Duration.ofMillis(50)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        try (Connection other = jdbc();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> apply(layer, user(1, "Ada")))
                    .isInstanceOfSatisfying(StoreBusyException.class, e -> {
                        assertThat(e.isRetryable()).isTrue();
                        assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                    })
                    .hasMessageContaining("lock");
            assertThatThrownBy(() -> apply(layer, user(1, "Ada"), user(2, "Bob")))
                    .isInstanceOf(StoreBusyException.class);
            assertThat(count(layer)).isZero();
            statement.execute("COMMIT");
        }
        apply(layer, user(1, "Ada"));
        assertThat(count(layer)).isEqualTo(1);
    }

    @Test
    void a_transaction_that_is_kept_open_makes_others_wait_and_then_give_up() {
        SqliteLayer layer = open(source().busyTimeout(Duration.ofMillis(50)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        PreparedBatch prepared = layer.prepare(Batch.of(List.of(user(1, "Ada"))));
        assertThatThrownBy(() -> apply(layer, user(2, "Bob")))
                .isInstanceOf(StoreBusyException.class)
                .hasMessageContaining("turn");
        assertThatThrownBy(() -> layer.prepare(Batch.of(List.of(user(2, "Bob")))))
                .isInstanceOf(StoreBusyException.class);
        assertThat(count(layer)).isZero();
        prepared.commit();
        apply(layer, user(2, "Bob"));
        assertThat(count(layer)).isEqualTo(2);
    }

    @Test
    void closing_rolls_back_a_transaction_that_is_never_finished() throws Exception {
        SqliteLayer layer = open(source().busyTimeout(Duration.ofMillis(50)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        PreparedBatch prepared = layer.prepare(Batch.of(List.of(user(1, "Ada"))));
        layer.close();
        prepared.close();
        assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("0");
    }

    @Test
    void streams_that_were_left_open_are_suspected_when_no_connection_is_free() {
        SqliteLayer layer = open(source().readers(2).readerTimeout(Duration.ofMillis(50)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        apply(layer, user(1, "Ada"), user(2, "Bob"));
        List<RowCursor> open = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            RowCursor cursor = layer.select(users(Condition.ALWAYS, value("name", ColumnKind.TEXT)));
            cursor.next();
            open.add(cursor);
        }
        assertThatThrownBy(() -> count(layer))
                .isInstanceOf(StoreBusyException.class)
                .hasMessageContaining("Streams");
        open.forEach(RowCursor::close);
        assertThat(count(layer)).isEqualTo(2);
        assertThat(layer.openReaders()).isEqualTo(2);
    }

    @Test
    void a_full_disk_loses_nothing_and_can_be_read() {
        SqliteLayer layer = open(source().maximumSize(200_000));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        long acknowledged = 0;
        try {
            while (true) {
                apply(layer, user(acknowledged, "x".repeat(10_000)));
                acknowledged++;
            }
        } catch (StoreFullException full) {
            assertThat(full.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(full).hasMessageContaining("no space left").hasMessageContaining(file().toString());
        }
        assertThat(acknowledged).isBetween(5L, 25L);
        assertThat(count(layer)).isEqualTo(acknowledged);
        assertThatThrownBy(() -> apply(layer, user(900, "y".repeat(50_000)), user(901, "y".repeat(50_000))))
                .isInstanceOf(StoreFullException.class);
        apply(layer, new dev.korm.spi.Mutation.Delete(USERS, id(0), java.util.OptionalLong.empty()));
        apply(layer, user(1000, "fits again"));
        assertThat(count(layer)).isEqualTo(acknowledged);
    }

    @Test
    void one_batch_too_large_does_not_fail_those_that_share_its_commit() throws Exception {
        SqliteLayer layer = open(source().maximumSize(200_000));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        PreparedBatch gate = layer.prepare(Batch.of(List.of(user(500, "gate"))));
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 9; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    apply(layer, user(number, number == 4 ? "x".repeat(900_000) : "small"), user(100 + number, "y"));
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        SqliteWriter writer = layer.writerForTests().orElseThrow();
        while (writer.waiting() < 9) {
            Thread.onSpinWait();
        }
        gate.commit();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).singleElement().isInstanceOf(StoreFullException.class);
        assertThat(count(layer)).isEqualTo(17);
    }

    @Test
    void result_codes_become_types() {
        SqliteErrors errors = new SqliteErrors("main", "file x");
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_READONLY)).isInstanceOf(StoreReadOnlyException.class);
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_READONLY_DIRECTORY))
                .isInstanceOf(StoreReadOnlyException.class)
                .hasMessageContaining("folder");
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_CORRUPT)).isInstanceOf(StoreCorruptException.class);
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_LOCKED)).isInstanceOf(StoreBusyException.class);
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_PERM)).isInstanceOf(StoreUnavailableException.class);
        assertThat(translated(errors, SQLiteErrorCode.SQLITE_IOERR_FSYNC)).hasMessageContaining("disk");
    }

    private static StoreException translated(SqliteErrors errors, SQLiteErrorCode code) {
        return errors.translate(
                "Writing", new SQLiteException("text that is not looked at", code), Outcome.NOT_APPLIED);
    }

    @Test
    void a_read_only_layer_makes_no_file_and_writes_nothing() throws Exception {
        SqliteLayer writing = open();
        writing.evolve(schema(USERS, NAME, REVISION), Set.of());
        writing.close();
        byte[] before = Files.readAllBytes(file());
        try (SqliteLayer reading = open(source().readOnly())) {
            assertThat(count(reading)).isZero();
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }
}
