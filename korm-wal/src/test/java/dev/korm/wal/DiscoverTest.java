package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.mirror.MirrorDepot;
import dev.korm.depots.sealed.SealedDepot;
import dev.korm.file.FileRelease;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.lock.LockOptions;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools found again from any one of their layers. */
@NullUnmarked // Tests dereference what they expect to be there.
class DiscoverTest {
    @TempDir
    Path folder;

    private final KeyRing ring = KeyRing.of("one", Map.of("one", new byte[32]));

    private Sqlite layer(String name) {
        return Sqlite.file(folder.resolve(name + ".sqlite"));
    }

    private PoolBuilder pool() {
        return Korm.pool()
                .layer("main", layer("main"))
                .layer("cars", layer("cars"))
                .depot(
                        "files",
                        SealedDepot.in(LocalDepot.at(folder.resolve("files")), ring),
                        FileRelease.after(Duration.ofDays(3)))
                .depot(
                        "copies",
                        MirrorDepot.of(LocalDepot.at(folder.resolve("one")), LocalDepot.at(folder.resolve("two"))))
                .withWal(Wal.at(folder.resolve("journal")).retention(JournalRetention.KEEP))
                .withLocks("cars", LockOptions.defaults().withLease(Duration.ofSeconds(12)))
                .withHistory()
                .defaultLayer("main")
                .home("cars", "cars")
                .home("users", "admin", "cars")
                .keys(ring);
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "cars"})
    void a_pool_is_found_from_any_of_its_layers(String from) {
        String id;
        try (Pool pool = pool().withMeta("main").open()) {
            id = pool.id();
            Korm.item(Document.class, pool)
                    .fromData(
                            "cars",
                            "suv",
                            Document.builder().put("make", "Lada").build())
                    .create();
        }
        try (Pool pool = Korm.discover(layer(from)).keys(ring).open()) {
            assertThat(pool.id()).isEqualTo(id);
            assertThat(pool.layers()).containsExactly("cars", "main");
            assertThat(pool.depots()).containsExactly("copies", "files");
            assertThat(Korm.item(Document.class, pool).fromQuery("cars", "suv").get())
                    .singleElement()
                    .satisfies(item -> {
                        assertThat(item.rn().layer()).contains("cars");
                        assertThat(pool.history(item.rn()).stream()).hasSize(1);
                    });
        }
        // Nothing that it records has changed on the way.
        pool().withMeta("main").open().close();
    }

    @Test
    void each_part_that_is_configured_otherwise_has_its_line() {
        pool().withMeta("main").open().close();
        MetadataException error = catchThrowableOfType(MetadataException.class, () -> Korm.pool()
                .layer("main", layer("main"))
                .layer("cars", layer("cars"))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .depot(
                        "copies",
                        MirrorDepot.of(LocalDepot.at(folder.resolve("one")), LocalDepot.at(folder.resolve("three"))))
                .withWal(Wal.at(folder.resolve("elsewhere")))
                .withLocks("main", LockOptions.defaults())
                .withMeta("main")
                .open());
        assertThat(error.differences())
                .containsExactly(
                        "journal: stored \"folder " + folder + "/journal\", here \"folder " + folder + "/elsewhere\"",
                        "locks layer: stored \"cars\", here \"main\"",
                        "locks lease: stored \"12000 ms\", here \"60000 ms\"",
                        "history: stored, not in this pool",
                        "depot \"copies\" made of: stored \"mirror local " + folder + "/one, local " + folder
                                + "/two\", here \"mirror local " + folder + "/one, local " + folder + "/three\"",
                        "depot \"files\" made of: stored \"sealed local " + folder + "/files\", here none");
    }

    @Test
    void a_depot_of_another_pool_of_the_same_names_is_noticed() throws Exception {
        pool().withMeta("main").open().close();
        try (var files = Files.list(folder)) {
            for (Path file :
                    files.filter(file -> file.toString().contains(".sqlite")).toList()) {
                Files.delete(file);
            }
        }
        MetadataException error = catchThrowableOfType(
                MetadataException.class, () -> pool().withMeta("main").open());
        assertThat(error.differences()).hasSize(2).allSatisfy(line -> assertThat(line)
                .startsWith("depot \"")
                .contains(": belongs to the pool ")
                .endsWith(", not to this one"));
        pool().withMeta("main").adoptMeta().open().close();
        pool().withMeta("main").open().close();
    }

    @Test
    void a_layer_that_was_moved_can_be_given() throws Exception {
        pool().withMeta("main").open().close();
        Files.move(folder.resolve("cars.sqlite"), folder.resolve("moved.sqlite"));
        assertThatThrownBy(() -> Korm.discover(layer("main"))
                        .layer("cars", layer("moved"))
                        .keys(ring)
                        .open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("layer \"cars\" path");
        Korm.discover(layer("main"))
                .layer("cars", layer("moved"))
                .keys(ring)
                .adoptMeta()
                .open()
                .close();
        Korm.discover(layer("moved")).keys(ring).open().close();
    }

    @Test
    void what_cannot_be_opened_is_named_and_can_be_given() {
        MemoryLayer memory = MemoryLayer.create();
        Korm.pool()
                .layer("main", layer("main"))
                .layer("other", memory)
                .withMeta("main")
                .open()
                .close();
        assertThatThrownBy(() -> Korm.discover(layer("main")).open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("layer \"other\" of the kind \"memory\"")
                .hasMessageContaining("layer(\"other\", …)");
        Korm.discover(layer("main")).layer("other", memory).open().close();
        Korm.discover(memory).layer("other", memory).open().close();
    }

    @Test
    void a_layer_of_no_pool_is_an_error() {
        assertThatThrownBy(() -> Korm.discover(layer("main")).open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("There is no pool to be discovered in SQLite")
                .hasMessageContaining("withMeta(…)");
    }

    @Test
    void a_pool_of_the_original_is_discovered_and_stays_its_own() throws Exception {
        Path archive = folder.resolve("keep.tar.gz");
        try (InputStream original = DiscoverTest.class.getResourceAsStream("/original-1.5.0/keep.tar.gz")) {
            Files.copy(original, archive);
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString()).start();
        assertThat(tar.waitFor()).isZero();
        Path database = folder.resolve("keep/db.sqlite");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            // Its paths are relative to the folder that it ran in.
            statement.execute(
                    "UPDATE \"__korm_pool__\" SET config = replace(config, '\"keep/', '\"" + folder + "/keep/')");
        }
        try (Pool pool = Korm.discover(Sqlite.file(database)).open()) {
            assertThat(pool.depots()).containsExactly("bk", "files", "wal");
            assertThat(Korm.item(Document.class, pool)
                            .fromQuery("people", "user")
                            .get())
                    .isNotEmpty();
            pool.locks().acquire(dev.korm.lock.LockName.of("test")).close();
        }
        Korm.discover(Sqlite.file(database)).open().close();
    }
}
