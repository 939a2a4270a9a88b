package dev.korm.depots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.JournalException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools with a log that the TypeScript korm 1.5.0 wrote, closed and killed. */
@NullUnmarked // Tests dereference what they expect to be there.
class OriginalPoolTest {
    @TempDir
    Path folder;

    private Path unpacked(String name) throws IOException, InterruptedException {
        Path archive = folder.resolve(name + ".tar.gz");
        try (InputStream original = OriginalPoolTest.class.getResourceAsStream("/original-1.5.0/" + name + ".tar.gz")) {
            Files.copy(original, archive);
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        return folder.resolve(name);
    }

    private static PoolBuilder pool(Path place) {
        return Korm.pool()
                .layer("main", Sqlite.file(place.resolve("db.sqlite")))
                .depot("files", LocalDepot.at(place.resolve("files")))
                .depot("bk", LocalDepot.at(place.resolve("backups")));
    }

    private static PoolBuilder withLog(Path place) {
        return pool(place).depot("wal", LocalDepot.at(place.resolve("wal")));
    }

    @Test
    void a_pool_that_was_closed_is_adopted() throws Exception {
        Path place = unpacked("keep");
        assertThatThrownBy(() -> withLog(place).withMeta("main").open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("write-ahead log");
        try (Pool pool = withLog(place).withMeta("main").adoptMeta().open()) {
            assertThat(Korm.item(Document.class, pool)
                            .fromQuery("people", "user")
                            .get())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash-insert-row", "crash-update-pending", "crash-delete-pending"})
    void a_pool_that_was_killed_in_a_change_is_refused_by_name_until_the_original_has_finished_it(String name)
            throws Exception {
        Path place = unpacked(name);
        Path log = place.resolve("wal/__korm_wal__/demo");
        String record;
        try (var files = Files.walk(log)) {
            record = files.filter(file -> file.getParent().endsWith("pending"))
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> withLog(place).withMeta("main").adoptMeta().open())
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(record)
                    .hasMessageContaining("\"wal\"")
                    .hasMessageContaining("korm 1.5.0 for TypeScript");
        }
        // What nobody can see is not taken for nothing.
        assertThatThrownBy(() -> pool(place).withMeta("main").adoptMeta().open())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("no such depot");
        // Without stored metadata the log is found by its folder.
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + place.resolve("db.sqlite"));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE \"__korm_pool__\"");
        } catch (SQLException unexpected) {
            throw new AssertionError(unexpected);
        }
        assertThatThrownBy(() -> withLog(place).open())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(record);
        try (var files = Files.walk(log)) {
            for (Path pending :
                    files.filter(file -> file.getParent().endsWith("pending")).toList()) {
                Files.delete(pending);
            }
        }
        withLog(place).withMeta("main").open().close();
    }
}
