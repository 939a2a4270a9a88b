package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The length of the log's file beside a reader that stays. */
class LogRoomTest extends SqliteWorld {
    private static final Selection NAMES = users(Condition.ALWAYS, value("name", ColumnKind.TEXT));

    /** So many commits later a reader is one that stays. */
    private static final int KNOWN = 2 * DeferredCheckpoints.PATIENCE;

    private SqliteLayer layer;
    private long written;

    private void fill(Sqlite source) {
        layer = open(source);
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        write(1);
    }

    /** Returns at how many of them the log's file grew. */
    private int write(int commits) {
        int grown = 0;
        long before = length();
        for (int i = 0; i < commits; i++) {
            apply(layer, user(written++, "somebody"));
            long after = length();
            grown += after > before ? 1 : 0;
            before = after;
        }
        return grown;
    }

    private Path log() {
        return folder.resolve("korm.sqlite-wal");
    }

    private long length() {
        return log().toFile().length();
    }

    @Test
    void beside_a_snapshot_commits_write_into_room_that_was_made_before() {
        fill(source());
        try (Snapshot snapshot = layer.snapshot()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            write(KNOWN);
            assertThat(write(KNOWN)).as("commits that lengthened the file").isLessThanOrEqualTo(2);
            try (RowCursor rows = snapshot.select(NAMES)) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.next()).isFalse();
            }
        }
        assertThat(count(file())).isEqualTo(written);
    }

    @Test
    void a_program_that_ends_beside_it_loses_nothing_and_leaves_nothing() throws Exception {
        fill(source());
        Path copy = folder.resolve("copy.sqlite");
        try (Snapshot snapshot = layer.snapshot()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            write(KNOWN + DeferredCheckpoints.PATIENCE / 2);
            // As the disk has it when the program is killed: there is room behind the last commit.
            Files.copy(file(), copy);
            Files.copy(log(), folder.resolve("copy.sqlite-wal"));
        }
        assertThat(count(copy)).isEqualTo(written);
        assertThat(answer(copy, "PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(answer(copy, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%room%'"))
                .isEqualTo("0");
    }

    @Test
    void another_connection_writes_into_the_same_room() throws Exception {
        fill(source());
        try (Snapshot snapshot = layer.snapshot();
                Connection other = jdbc();
                Statement statement = other.createStatement()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            statement.execute("PRAGMA busy_timeout = 10000");
            statement.execute("CREATE TABLE others (number INTEGER PRIMARY KEY)");
            write(KNOWN);
            for (int i = 0; i < 100; i++) {
                statement.execute("INSERT INTO others VALUES (" + i + ")");
                write(KNOWN / 100);
            }
        }
        assertThat(answer(file(), "SELECT count(*) FROM others")).isEqualTo("100");
        assertThat(answer(file(), "PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(count(file())).isEqualTo(written);
    }

    @Test
    void a_database_that_is_full_refuses_the_room_and_takes_what_still_fits() {
        fill(source().maximumSize(1 << 20));
        try (Snapshot snapshot = layer.snapshot()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            write(2 * KNOWN);
        }
        assertThat(count(file())).isEqualTo(written);
    }

    @Test
    void where_no_commit_waits_for_the_disk_none_is_made() {
        fill(source().durability(Sqlite.Durability.NORMAL));
        try (Snapshot snapshot = layer.snapshot()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            write(KNOWN);
            assertThat(write(KNOWN)).isEqualTo(KNOWN);
        }
    }

    private static long count(Path database) {
        return Long.parseLong(answer(database, "SELECT count(*) FROM \"" + USERS.text() + "\""));
    }

    private static String answer(Path database, String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }
}
