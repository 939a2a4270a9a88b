package dev.korm.testkit.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that another program writes, which knows nothing of revisions, have revisions all the same. */
@NullUnmarked // Tests dereference what they expect to be there.
class ForeignRowsTest {
    private static final String ID = "11111111-1111-4111-8111-111111111111";
    private static final Rn<Note> NAME = Rn.<Note>collection("notes", "plain").item(ID);
    private static final String TABLE = "__items__notes__plain";

    @TempDir
    Path folder;

    record Note(String text) {}

    private enum Store {
        SQLITE,
        POSTGRES,
        MARIADB
    }

    /** A store, and a program that writes SQL into it. */
    private record World(LayerSource layer, String url, String key, Consumer<Statement> before) {}

    private World world(Store store) {
        return switch (store) {
            case SQLITE -> {
                Path file = folder.resolve("notes.sqlite");
                yield new World(Sqlite.file(file), "jdbc:sqlite:" + file, "ID_TEXT", statement -> {});
            }
            case POSTGRES -> {
                String schema = PostgresServer.newSchema();
                yield new World(PostgresServer.in(schema), PostgresServer.url(), "TEXT", statement -> {
                    try {
                        statement.execute("SET search_path = " + schema);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            case MARIADB -> {
                String database = MySqlTestServer.newDatabase();
                yield new World(
                        MySqlTestServer.in(database),
                        MySqlTestServer.driverUrl(database),
                        "VARCHAR(255)",
                        statement -> {
                            try {
                                statement.execute("SET sql_mode = 'ANSI_QUOTES'");
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
            }
        };
    }

    private static void execute(World world, String... statements) throws SQLException {
        try (Connection connection = connect(world);
                Statement statement = connection.createStatement()) {
            world.before().accept(statement);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static long number(World world, String query) throws SQLException {
        try (Connection connection = connect(world);
                Statement statement = connection.createStatement()) {
            world.before().accept(statement);
            try (ResultSet rows = statement.executeQuery(query)) {
                assertThat(rows.next()).isTrue();
                return rows.getLong(1);
            }
        }
    }

    private static Connection connect(World world) throws SQLException {
        String url = world.url();
        return url.startsWith("jdbc:sqlite:") || url.startsWith("jdbc:mariadb:")
                ? DriverManager.getConnection(url)
                : PostgresServer.connect();
    }

    private static Pool open(World world) {
        return Korm.pool().layer("main", world.layer()).open();
    }

    private static Items<Note> notes(Pool pool) {
        return Korm.item(Note.class, pool);
    }

    private static void insert(World world, String id, String text) throws SQLException {
        execute(world, "INSERT INTO \"" + TABLE + "\" (\"rnId\", \"text\") VALUES ('" + id + "', '" + text + "')");
    }

    /** Deletes an item as another program does, brings it again, and finds that who holds the former cannot change it. */
    private static void replaced(World world, Pool pool) throws SQLException {
        Item<Note> held = notes(pool).fromRn(NAME).get();
        execute(world, "DELETE FROM \"" + TABLE + "\" WHERE \"rnId\" = '" + ID + "'");
        insert(world, ID, "anew");
        Item<Note> anew = notes(pool).fromRn(NAME).get();
        assertThat(anew.revision()).isNotEqualTo(held.revision());
        assertThatThrownBy(() -> held.set(Note::text, "late").commit()).isInstanceOf(ConflictException.class);
        Item<Note> changed = anew.set(Note::text, "changed").commit();
        assertThat(changed.revision()).isEqualTo(anew.revision() + 1);
        assertThatThrownBy(() -> held.set(Note::text, "late").commit()).isInstanceOf(ConflictException.class);
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_another_program_inserts_again_has_another_revision(Store store) throws SQLException {
        World world = world(store);
        try (Pool pool = open(world)) {
            notes(pool)
                    .fromData("notes", "plain", new Note("ours"))
                    .withRn(NAME)
                    .create();
            replaced(world, pool);
            replaced(world, pool);
        }
    }

    @ParameterizedTest
    @EnumSource
    void so_it_has_in_a_table_that_gained_its_revisions_later(Store store) throws SQLException {
        World world = world(store);
        execute(
                world,
                "CREATE TABLE \"" + TABLE + "\" (\"rnId\" " + world.key() + " PRIMARY KEY, \"text\" TEXT)",
                "INSERT INTO \"" + TABLE + "\" (\"rnId\", \"text\") VALUES ('" + ID + "', 'theirs')");
        try (Pool pool = open(world)) {
            Item<Note> first = notes(pool).fromRn(NAME).get();
            assertThat(first.revision()).isZero();
            assertThat(first.set(Note::text, "ours").commit().revision()).isEqualTo(1);
            replaced(world, pool);
            replaced(world, pool);
            assertThat(notes(pool).fromRn(NAME).get().revision()).isGreaterThan(1_700_000_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void revisions_under_their_former_name_are_kept(Store store) throws SQLException {
        World world = world(store);
        execute(
                world,
                "CREATE TABLE \"" + TABLE + "\" (\"rnId\" " + world.key() + " PRIMARY KEY, \"text\" TEXT,"
                        + " \"__korm_rev__\" BIGINT NOT NULL DEFAULT 0)",
                "INSERT INTO \"" + TABLE + "\" VALUES ('" + ID + "', 'ours', 7)");
        try (Pool pool = open(world)) {
            assertThat(Korm.item(Document.class, pool)
                            .fromRn(NAME.toString())
                            .get()
                            .data()
                            .fieldNames())
                    .containsExactly("text");
            notes(pool).fromData("notes", "plain", new Note("first write")).create();
            Item<Note> item = notes(pool).fromRn(NAME).get();
            assertThat(item.revision()).isEqualTo(7);
            assertThat(item.set(Note::text, "changed").commit().revision()).isEqualTo(8);
            assertThat(number(world, "SELECT MAX(\"__korm_unique____korm_rev__\") FROM \"" + TABLE + "\""))
                    .isGreaterThan(8);
            replaced(world, pool);
        }
    }
}
