package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.jdbc.Sqlite;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log beside readers that stay: seen in the index that SQLite keeps of it. */
class DeferredCheckpointsTest extends SqliteWorld {
    /** The number of pages in the log; see "WAL-Index Header" in SQLite's description of the file format. */
    private static final int PAGES = 16;

    /** The number of pages that were copied from it. */
    private static final int COPIED = 96;

    private static final Selection NAMES = users(Condition.ALWAYS, value("name", ColumnKind.TEXT));
    private static final int ENOUGH = 2 * DeferredCheckpoints.PATIENCE;

    private SqliteLayer layer;
    private long written;

    @BeforeEach
    void fill() {
        // Its commits wait for no disk.
        layer = open(source().durability(Sqlite.Durability.NORMAL));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        write(1);
    }

    private void write(int commits) {
        for (int i = 0; i < commits; i++) {
            apply(layer, user(written++, "somebody"));
        }
    }

    private int index(int offset) throws IOException {
        byte[] index = Files.readAllBytes(folder.resolve("korm.sqlite-shm"));
        return ByteBuffer.wrap(index).order(ByteOrder.nativeOrder()).getInt(offset);
    }

    /** Returns the setting of the connection that writes, after what comes before each change. */
    private String automatic() {
        return layer.writerForTests()
                .orElseThrow()
                .inTransaction(
                        "Reading a setting",
                        session -> session.query(
                                new Sql("PRAGMA wal_autocheckpoint", List.of()), rows -> rows.getString(1)));
    }

    @Test
    void beside_a_snapshot_that_stays_no_commit_tries_a_checkpoint_and_its_end_makes_one() throws Exception {
        try (Connection older = jdbc();
                Statement statement = older.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
            write(100);
            try (Snapshot snapshot = layer.snapshot()) {
                write(2 * ENOUGH);
                int copied = index(COPIED);
                statement.execute("ROLLBACK");
                write(10);
                assertThat(index(PAGES)).isGreaterThan(1000);
                assertThat(index(COPIED))
                        .as("a checkpoint could have gone as far as the snapshot")
                        .isEqualTo(copied);
                try (RowCursor rows = snapshot.select(NAMES)) {
                    assertThat(rows.next()).isTrue();
                }
            }
        }
        assertThat(index(COPIED)).isEqualTo(index(PAGES));
        write(1);
        assertThat(index(PAGES)).as("the log has begun anew").isLessThan(100);
        assertThat(automatic()).isEqualTo("1000");
    }

    @Test
    void a_snapshot_that_an_interrupted_thread_closes_leaves_checkpoints_as_they_were() throws Exception {
        Snapshot snapshot = layer.snapshot();
        write(2 * ENOUGH);
        assertThat(automatic()).isEqualTo("0");
        Thread.currentThread().interrupt();
        try {
            snapshot.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        write(2);
        assertThat(automatic()).isEqualTo("1000");
        assertThat(index(PAGES)).as("the log has begun anew").isLessThan(100);
    }

    @Test
    void the_last_of_several_snapshots_ends_it() throws Exception {
        try (Snapshot first = layer.snapshot()) {
            assertThat(first.select(NAMES).next()).isTrue();
            write(ENOUGH);
            try (Snapshot second = layer.snapshot()) {
                assertThat(second.select(NAMES).next()).isTrue();
                write(ENOUGH);
                first.close();
                write(1);
                assertThat(automatic()).isEqualTo("0");
            }
        }
        write(1);
        assertThat(automatic()).isEqualTo("1000");
        assertThat(index(PAGES)).isLessThan(100);
    }

    @Test
    void rows_that_are_read_one_by_one_count_and_short_reads_do_not() {
        for (int i = 0; i < 2 * ENOUGH; i++) {
            write(1);
            try (RowCursor rows = layer.select(NAMES)) {
                write(1);
                assertThat(automatic()).isEqualTo("1000");
                assertThat(rows.next()).isTrue();
            }
        }
        try (RowCursor rows = layer.select(NAMES)) {
            assertThat(rows.next()).isTrue();
            write(ENOUGH);
            assertThat(automatic()).isEqualTo("0");
        }
        assertThat(automatic()).isEqualTo("1000");
    }

    @Test
    void a_connection_that_takes_the_place_of_one_that_failed_is_told_as_well() {
        try (Snapshot snapshot = layer.snapshot()) {
            assertThat(snapshot.select(NAMES).next()).isTrue();
            write(ENOUGH);
            assertThat(automatic()).isEqualTo("0");
            SqliteWriter writer = layer.writerForTests().orElseThrow();
            assertThatThrownBy(() -> writer.inTransaction("Failing", session -> {
                        throw new StackOverflowError();
                    }))
                    .isInstanceOf(StackOverflowError.class);
            assertThat(automatic()).as("of another connection").isEqualTo("1000");
            write(ENOUGH);
            assertThat(automatic()).isEqualTo("0");
        }
        assertThat(automatic()).isEqualTo("1000");
    }
}
