package dev.korm.engine.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.JournalException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose metadata another program wrote, and files that another program is to read. */
class OriginalMetadataTest {
    private static final String DDL = """
            CREATE TABLE IF NOT EXISTS "__korm_pool__" (
              "id" TEXT PRIMARY KEY,
              "config" TEXT NOT NULL,
              "created_at" INTEGER NOT NULL,
              "updated_at" INTEGER NOT NULL )""";

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("cars.sqlite");
    }

    @Test
    void a_pool_of_the_original_opens_however_its_path_is_spelt() throws SQLException {
        String original = "{\"version\":1,\"poolId\":\"" + PoolMetadata.id(List.of("main"), List.of())
                + "\",\"metaLayerIdent\":\"main\",\"layers\":[{\"ident\":\"main\",\"type\":\"sqlite\",\"fingerprint\":\""
                + StoreFingerprint.fingerprint(folder + "/./cars.sqlite")
                + "\",\"config\":{\"mode\":\"path\",\"path\":\""
                + folder
                + "/./cars.sqlite\"}}],\"depots\":[]}";
        writeOriginal(original);
        for (String spelling : List.of(folder + "/./cars.sqlite", file.toString())) {
            pool(spelling).withMeta("main").open().close();
        }
        List<Object> row = row();
        // What the original compares stays to the letter.
        String ours = original.substring(0, original.length() - 1) + ",\"korm\":{\"version\":1,\"history\":false}}";
        assertThat(row.subList(0, 3)).containsExactly("pool", ours, 1_700_000_000_000L);
        assertThat((long) row.get(3)).isGreaterThan(1_700_000_000_001L);
        assertThatThrownBy(() -> pool(file.toString()).open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("withMeta(\"main\")");
    }

    @Test
    void what_this_pool_lacks_of_the_originals_is_told_until_it_is_adopted() throws SQLException {
        String original = MetadataCheckTest.ORIGINAL.replace("out/db.sqlite", file.toString());
        writeOriginal(original);
        MetadataException error = catchThrowableOfType(
                MetadataException.class,
                () -> pool(file.toString()).withMeta("main").open());
        assertThat(error.differences()).hasSize(6).last().isEqualTo("backups: stored, not in this pool");
        assertThat(error)
                .hasMessageContaining("locks: stored, not in this pool")
                .hasMessageContaining("adoptMeta()");
        assertThat(row().get(1)).isEqualTo(original);

        // Its log may hold changes that were left unfinished, and this pool cannot look.
        assertThatThrownBy(
                        () -> pool(file.toString()).withMeta("main").adoptMeta().open())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("no such depot");
        assertThat(row().get(1)).isEqualTo(original);

        execute("UPDATE \"__korm_pool__\" SET config = replace(config, '\"wal\":{', '\"former\":{')");
        pool(file.toString()).withMeta("main").adoptMeta().open().close();
        assertThat(row().get(2)).isEqualTo(1_700_000_000_000L);
        pool(file.toString()).withMeta("main").open().close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void the_table_has_the_originals_types() throws SQLException {
        try (Pool pool = pool(file.toString()).withMeta("main").open()) {
            assertThat(pool.id()).isEqualTo(PoolMetadata.id(List.of("main"), List.of()));
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(DDL);
            List<String> columns = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT name, type, pk FROM pragma_table_info('__korm_pool__')")) {
                while (rows.next()) {
                    columns.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getInt(3));
                }
            }
            assertThat(columns)
                    .containsExactly("id TEXT 1", "config TEXT 0", "created_at INTEGER 0", "updated_at INTEGER 0");
            // The original's own upsert.
            statement.execute("INSERT INTO \"__korm_pool__\" VALUES ('pool', '{\"version\":9}', 1, 2)"
                    + " ON CONFLICT(\"id\") DO UPDATE SET config = excluded.config, updated_at = excluded.updated_at");
        }
        assertThatThrownBy(
                        () -> pool(file.toString()).withMeta("main").adoptMeta().open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("version: stored 9, here 1")
                .hasMessageEndingWith("Open it with the version of korm that wrote it");
    }

    @Test
    void a_table_that_is_empty_or_lacks_columns_is_filled() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE \"__korm_pool__\" (\"id\" TEXT PRIMARY KEY)");
        }
        pool(file.toString()).withMeta("main").open().close();
        pool(file.toString()).withMeta("main").open().close();
        assertThat(row()).hasSize(4).doesNotContainNull();
    }

    private static PoolBuilder pool(String path) {
        return Korm.pool().layer("main", Sqlite.file(path));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private void writeOriginal(String config) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(DDL);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO \"__korm_pool__\" VALUES ('pool', ?, ?, ?)")) {
                insert.setString(1, config);
                insert.setLong(2, 1_700_000_000_000L);
                insert.setLong(3, 1_700_000_000_001L);
                insert.executeUpdate();
            }
        }
    }

    private List<Object> row() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, config, created_at, updated_at FROM \"__korm_pool__\"")) {
            assertThat(row.next()).isTrue();
            List<Object> values = List.of(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4));
            assertThat(row.next()).isFalse();
            return values;
        }
    }
}
