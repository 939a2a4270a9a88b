package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.Verification.Depth;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.testkit.MariaDbServer;
import dev.korm.wal.Wal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup made of one kind of store is restored into others, and back. */
class OtherStoresTest {
    @TempDir
    private static Path servers;

    private static EmbeddedPostgres postgres;
    private static MariaDbServer maria;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder().start();
        maria = MariaDbServer.start(servers.resolve("maria"));
    }

    @AfterAll
    static void end() throws Exception {
        maria.close();
        postgres.close();
    }

    private static String url(String database) {
        return "postgres://postgres:postgres@localhost:" + postgres.getPort() + "/" + database;
    }

    @Test
    void what_was_in_sqlite_is_restored_into_servers_and_back_again() throws Exception {
        BackupWorld world = new BackupWorld(folder);
        Map<String, String> before;
        BackupInfo first;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 300);
            before = BackupWorld.content(pool);
            first = pool.backups().run("files");
        }
        BackupInfo second;
        try (Pool pool = Korm.pool()
                .layer("cars", Postgres.url(url("postgres")))
                .layer("people", MySql.url(maria.create("restored")))
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", world.depot)
                .keys(BackupWorld.ring("k1", 7))
                .withWal(Wal.at(folder.resolve("servers-journal")))
                .open()) {
            pool.backups().restore(first.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            BackupWorld.fill(pool, 300, 310);
            before = BackupWorld.content(pool);
            second = pool.backups().run("files");
            assertThat(pool.backups().verify(second.id(), Depth.FULL).verified())
                    .isPresent();
        }
        try (Pool pool = world.open("two")) {
            pool.backups().restore(second.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
        }
    }

    record Note(String text, Optional<String> more, byte[] raw) {}

    @Test
    void texts_that_mean_something_where_rows_are_loaded_are_what_they_were() throws Exception {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE notes");
        }
        List<String> texts = List.of(
                "a\ttab",
                "two\nlines",
                "a\rreturn",
                "a\\slash",
                "\\N",
                "\\.",
                "\\t",
                "\\x4142",
                "",
                "at the end \\",
                "\u0001\u007f",
                "ü😀",
                "'\"",
                "{}",
                "long ".repeat(50_000) + "\t");
        BackupWorld world = new BackupWorld(folder);
        BackupInfo backup;
        try (Pool pool = world.open("one")) {
            for (String text : texts) {
                Note note = new Note(
                        text,
                        text.length() % 2 == 0 ? Optional.of(text) : Optional.empty(),
                        text.getBytes(StandardCharsets.UTF_16));
                Korm.item(Note.class, pool)
                        .fromData("cars", "garage", "note", note)
                        .create();
            }
            backup = pool.backups().run("files", BackupOptions.defaults().verify(Depth.FULL));
        }
        try (Pool pool = Korm.pool()
                .layer("cars", Postgres.url(url("notes")))
                .layer("people", MySql.url(maria.create("notes")))
                .depot("files", world.depot)
                .open()) {
            pool.backups().restore(backup.id(), RestoreOptions.replace().fromAnyPool());
            List<Note> found = Korm.item(Note.class, pool).fromQuery("cars", "garage", "note").get().stream()
                    .map(Item::data)
                    .toList();
            assertThat(found).extracting(Note::text).containsExactlyInAnyOrderElementsOf(texts);
            for (Note each : found) {
                assertThat(each.more())
                        .isEqualTo(each.text().length() % 2 == 0 ? Optional.of(each.text()) : Optional.empty());
                assertThat(each.raw()).isEqualTo(each.text().getBytes(StandardCharsets.UTF_16));
            }
        }
    }

    record Reading(String of, double value) {}

    /** korm stores no such numbers, and another program may. */
    @Test
    void numbers_that_are_none_or_without_bound_are_read_back_and_restored() throws Exception {
        BackupWorld world = new BackupWorld(folder);
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE readings");
        }
        try (Pool pool = Korm.pool()
                        .layer("cars", Postgres.url(url("readings")))
                        .layer("people", MySql.url(maria.create("readings")))
                        .depot("files", world.depot)
                        .open();
                var connection = postgres.getDatabase("postgres", "readings").getConnection();
                var statement = connection.createStatement()) {
            for (String of : List.of("NaN", "Infinity", "-Infinity")) {
                Korm.item(Reading.class, pool)
                        .fromData("cars", "garage", "reading", new Reading(of, 1))
                        .create();
            }
            String table;
            try (var rows = statement.executeQuery(
                    "SELECT quote_ident(table_name) FROM information_schema.columns WHERE column_name = 'value' AND table_name LIKE '%reading%'")) {
                assertThat(rows.next()).isTrue();
                table = rows.getString(1);
            }
            statement.execute("UPDATE " + table + " SET value = \"of\"::double precision");
            BackupInfo backup = pool.backups().run("files");
            statement.execute("UPDATE " + table + " SET value = 2");
            pool.backups().restore(backup.id(), RestoreOptions.replace());
            try (var rows = statement.executeQuery("SELECT value::text FROM " + table + " ORDER BY value")) {
                for (String expected : List.of("-Infinity", "Infinity", "NaN")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo(expected);
                }
            }
            try (Pool two = world.open("two")) {
                assertThatThrownBy(() -> two.backups()
                                .restore(backup.id(), RestoreOptions.replace().fromAnyPool()))
                        .as("SQLite has no NaN")
                        .isInstanceOf(BackupException.class);
            }
        }
    }

    @Test
    void servers_go_back_to_a_moment_of_their_history_and_have_increments() throws Exception {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE moments");
        }
        BackupWorld world = new BackupWorld(folder);
        try (Pool pool = Korm.pool()
                .layer("cars", Postgres.url(url("moments")))
                .layer("people", MySql.url(maria.create("moments")))
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", world.depot)
                .keys(BackupWorld.ring("k1", 7))
                .withWal(Wal.at(folder.resolve("moments-journal")))
                .withHistory()
                .open()) {
            BackupWorld.fill(pool, 0, 40);
            BackupInfo full = pool.backups().run("files");
            BackupWorld.fill(pool, 40, 50);
            Korm.item(BackupWorld.Car.class, pool).fromQuery("garage", "car").get().stream()
                    .limit(5)
                    .forEach(Item::delete);
            Map<String, String> before = BackupWorld.content(pool);
            BackupInfo increment = pool.backups()
                    .run("files", BackupOptions.defaults().incremental().verify(Depth.FULL));
            assertThat(increment.base()).contains(full.id());
            Instant moment = Instant.now();
            while (Instant.now().isBefore(moment.plusMillis(5))) {
                Thread.onSpinWait();
            }
            BackupWorld.fill(pool, 50, 60);
            Korm.item(BackupWorld.Owner.class, pool).fromQuery("people", "owner").get().stream()
                    .limit(5)
                    .forEach(Item::delete);
            Map<String, String> after = BackupWorld.content(pool);

            BackupInfo earlier = pool.backups().asOf(moment, "files");
            RestoreReport back = pool.backups().restore(earlier.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            pool.backups().restore(back.safety(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(after);
            pool.backups().restore(increment.id(), RestoreOptions.replace());
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
        }
    }
}
