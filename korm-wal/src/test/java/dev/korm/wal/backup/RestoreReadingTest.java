package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.Verification.Depth;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.wal.backup.format.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore looks once at what was read back before, and at everything where nothing proves that. */
class RestoreReadingTest {
    @TempDir
    Path folder;

    private BackupWorld world;
    private Depot depot;
    private BackupInfo backup;
    private Map<String, String> state;

    @BeforeEach
    void backup() {
        world = new BackupWorld(folder);
        depot = world.depot.open("files", Environment.system());
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, 200);
            state = BackupWorld.state(pool);
            backup = pool.backups().run("files");
        }
    }

    private Rn<?> file(String end) {
        try (Stream<FileEntry> all = depot.list(Rn.prefix("files", BackupFolder.ROOT))) {
            return all.<Rn<?>>map(FileEntry::rn)
                    .filter(rn -> rn.toString().contains(backup.id().name())
                            && rn.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private byte[] bytes(Rn<?> file) {
        try (FileContent content = depot.get(file)) {
            return content.stream().readAllBytes();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private void put(Rn<?> file, byte[] bytes) {
        depot.put(file, new ByteArrayInputStream(bytes), PutOptions.NONE);
    }

    private long partsRead(String target) {
        AtomicLong read = new AtomicLong();
        try (Pool pool = Korm.pool()
                .layer("cars", Sqlite.file(folder.resolve(target + "-cars.sqlite")))
                .layer("people", Sqlite.file(folder.resolve(target + "-people.sqlite")))
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", counted(read))
                .keys(BackupWorld.ring("k1", 7))
                .open()) {
            RestoreReport report = pool.backups().restore(backup.id(), RestoreOptions.replace());
            assertThat(report.created() + report.kept()).isEqualTo(400);
            assertThat(BackupWorld.state(pool)).isEqualTo(state);
        }
        return read.get();
    }

    /** Returns the depot, which counts how often parts are read. */
    private DepotSource counted(AtomicLong parts) {
        return new DepotSource() {
            @Override
            public DepotDescription description() {
                return world.depot.description();
            }

            @Override
            public Depot open(String name, Environment environment) {
                Depot open = world.depot.open(name, environment);
                return (Depot) Proxy.newProxyInstance(
                        Depot.class.getClassLoader(), new Class<?>[] {Depot.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("get")
                                    && arguments[0]
                                            .toString()
                                            .contains(backup.id().name() + ":part-")) {
                                parts.incrementAndGet();
                            }
                            try {
                                return method.invoke(open, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        });
            }
        };
    }

    @Test
    void a_backup_is_read_twice_for_empty_layers_and_once_more_to_be_compared_with_rows() {
        assertThat(partsRead("two")).isEqualTo(2);
        Rn<?> note = file("verified.json");
        assertThat(new String(bytes(note), StandardCharsets.UTF_8)).contains("\"manifest\":\"");
        put(note, "{\"depth\":\"FULL\",\"at\":\"2026-11-28T11:30:05Z\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(partsRead("three")).as("a note of an earlier version").isEqualTo(2);
        depot.delete(note);
        assertThat(partsRead("four")).as("without a note").isEqualTo(2);
        assertThat(partsRead("four")).as("into layers that have rows").isEqualTo(3);
    }

    @Test
    void a_backup_with_another_manifest_than_the_one_that_was_proven_is_read_whole_and_does_not_count_as_verified() {
        Rn<?> place = file("manifest.json");
        Manifest was = Manifest.read(backup.id(), bytes(place));
        List<Manifest.Table> others = new ArrayList<>();
        was.tables()
                .forEach(table -> others.add(new Manifest.Table(
                        table.layer(), table.name(), table.rows(), "0".repeat(64), table.revisions())));
        Manifest forged = new Manifest(
                was.name(),
                was.pool(),
                was.cut(),
                was.kind(),
                was.base(),
                was.layers(),
                others,
                was.files(),
                was.parts(),
                was.keys(),
                was.seal(),
                List.of());
        put(place, forged.write());
        try (Pool pool = world.open("two")) {
            assertThat(pool.backups().list("files").get(0).verified()).isEmpty();
            assertThatThrownBy(() -> pool.backups().restore(backup.id(), RestoreOptions.replace()))
                    .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(Reason.DAMAGED));
            assertThat(BackupWorld.state(pool)).isEmpty();
            assertThat(pool.backups().list("files")).as("no safety copy").hasSize(1);
        }
    }

    @Test
    void a_full_proof_stays_one_with_a_quick_one_behind_it() {
        try (Pool pool = world.open("one")) {
            BackupInfo full =
                    pool.backups().run("files", BackupOptions.defaults().verify(Depth.FULL));
            pool.backups().verify(full.id(), Depth.QUICK);
            assertThat(pool.backups().get(full.id()).verified().orElseThrow().depth())
                    .isEqualTo(Depth.FULL);
        }
    }

    @Test
    void merging_leaves_out_just_the_rows_whose_unique_values_are_taken() {
        try (Pool pool = world.open("two")) {
            for (int taken : new int[] {0, 1, 77, 199}) {
                BackupWorld.Car car = BackupWorld.car(taken);
                Korm.item(BackupWorld.Car.class, pool)
                        .fromData(
                                "garage",
                                "car",
                                new BackupWorld.Car(
                                        "other", Unique.of("plate-" + taken), false, null, car.tax(), List.of()))
                        .create();
            }
            RestoreReport report = pool.backups().restore(backup.id(), RestoreOptions.merge());
            assertThat(report.created()).isEqualTo(396);
            assertThat(report.notes())
                    .anyMatch(note -> note.startsWith("4 rows of __items__garage__car were left out"));
            assertThat(BackupWorld.content(pool)).hasSize(400);
        }
    }
}
