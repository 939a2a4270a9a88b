package dev.korm.testkit.sqlite;

import static dev.korm.Filter.eq;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.StoreException;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.MetaContract;
import dev.korm.testkit.fault.FaultyLayer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteMetaTest extends MetaContract {
    private static final int ROUNDS = 10;

    @TempDir
    Path folder;

    @Override
    protected LayerSource store(String name) {
        return file(name);
    }

    @Override
    protected Optional<LayerSource> readOnly(String name) {
        return Optional.of(file(name).readOnly());
    }

    private Sqlite file(String name) {
        return Sqlite.file(folder.resolve(Integer.toHexString(name.hashCode()) + ".sqlite"))
                .durability(Sqlite.Durability.NORMAL);
    }

    @Test
    void a_new_pool_opens_in_two_processes_at_once() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        OtherProcess.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
        try (BufferedReader answers = new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8))) {
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(answers.readLine()).as(() -> errors()).isEqualTo("ready " + round);
                other.getOutputStream().write('\n');
                other.getOutputStream().flush();
                try (Pool pool = OtherProcess.pool(folder, round)) {
                    assertThat(answers.readLine()).as(() -> errors()).isEqualTo(pool.id());
                }
            }
            assertThat(other.waitFor()).isZero();
        } finally {
            other.destroyForcibly();
        }
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors.txt"));
        } catch (java.io.IOException unread) {
            return unread.toString();
        }
    }

    /** Opens, when told to, the same new pools as the test does. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] folder) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                System.out.println("ready " + round);
                System.in.read();
                try (Pool pool = pool(Path.of(folder[0]), round)) {
                    System.out.println(pool.id());
                }
            }
        }

        static Pool pool(Path folder, int round) {
            return Korm.pool()
                    .layer("main", Sqlite.file(folder.resolve("new" + round + ".sqlite")))
                    .withMeta("main")
                    .open();
        }
    }

    @Test
    void a_file_that_was_moved_is_adopted() throws Exception {
        Path old = folder.resolve("old.sqlite");
        Path moved = folder.resolve("moved.sqlite");
        Korm.pool().layer("main", Sqlite.file(old)).withMeta("main").open().close();
        Files.move(old, moved);
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.file(moved))
                        .withMeta("main")
                        .open())
                .isInstanceOfSatisfying(MetadataException.class, error -> assertThat(error.differences())
                        .containsExactly("layer \"main\" path: stored \"" + old + "\", here \"" + moved + '"'));
        Korm.pool()
                .layer("main", Sqlite.file(moved))
                .withMeta("main")
                .adoptMeta()
                .open()
                .close();
        Korm.pool().layer("main", Sqlite.file(moved)).withMeta("main").open().close();
    }

    @Stored(layer = "one", namespace = "clinic", kind = "patient")
    record Patient(String name, @Searchable(unique = true) Encrypted<String> number) {}

    @Stored(layer = "two", namespace = "clinic", kind = "visit")
    record Visit(Rn<Patient> patient, int room) {}

    private static PoolBuilder clinic(Path folder) {
        return Korm.pool()
                .layer("one", Sqlite.file(folder.resolve("one.sqlite")))
                .layer("two", Sqlite.file(folder.resolve("two.sqlite")))
                .keys(KeyRing.of("k1", Map.of("k1", new byte[32])))
                .withMeta("one");
    }

    @Test
    void a_folder_with_all_layers_that_was_copied_is_adopted_and_leaves_the_first_alone() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Pool pool = clinic(first).open()) {
            Item<Patient> ada = Korm.item(Patient.class, pool)
                    .fromData(new Patient("Ada", Encrypted.of("X-1")))
                    .create();
            Korm.item(Visit.class, pool).fromData(new Visit(ada.rn(), 7)).create();
        }
        for (String name : List.of("one.sqlite", "two.sqlite")) {
            Files.copy(first.resolve(name), copy.resolve(name));
        }
        assertThatThrownBy(() -> clinic(copy).open())
                .isInstanceOfSatisfying(MetadataException.class, error -> assertThat(error.differences())
                        .contains(
                                "layer \"one\" path: stored \"" + first.resolve("one.sqlite") + "\", here \""
                                        + copy.resolve("one.sqlite") + '"',
                                "layer \"two\" path: stored \"" + first.resolve("two.sqlite") + "\", here \""
                                        + copy.resolve("two.sqlite") + '"'))
                .hasMessageContaining("adoptMeta()");
        try (Pool adopted = clinic(copy).adoptMeta().requireKeys().open()) {
            assertThat(Korm.item(Visit.class, adopted)
                            .query()
                            .where(eq("patient.number", "X-1"))
                            .resolvePaths("patient")
                            .get())
                    .extracting(visit -> visit.data().patient().get().name())
                    .containsExactly("Ada");
            Korm.item(Visit.class, adopted).query().where(eq("room", 7)).deleteAll();
        }
        clinic(copy).open().close();
        try (Pool pool = clinic(first).open()) {
            assertThat(Korm.item(Visit.class, pool).query().count()).isEqualTo(1);
        }
    }

    @Test
    void two_databases_in_memory_and_a_file_make_a_pool() {
        for (int i = 0; i < 2; i++) {
            try (Pool pool = Korm.pool()
                    .layer("one", Sqlite.memory())
                    .layer("two", Sqlite.memory())
                    .layer("three", file("three"))
                    .withMeta("three")
                    .open()) {
                assertThat(pool.layers()).containsExactly("one", "two", "three");
            }
        }
        Korm.pool().layer("one", Sqlite.memory()).withMeta("one").open().close();
    }

    @Test
    void a_layer_that_does_not_open_closes_those_before_it() throws Exception {
        Path noDatabase = Files.writeString(folder.resolve("text.txt"), "no database ".repeat(100));
        FaultyLayer first = FaultyLayer.around(file("first"));
        assertThatThrownBy(() -> Korm.pool()
                        .layer("first", first)
                        .layer("second", Sqlite.file(noDatabase))
                        .withMeta("first")
                        .open())
                .isInstanceOf(StoreException.class);
        assertThat(first.leaks()).isZero();
    }
}
