package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.RestoreOptions;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loading of rows in a restore, by layers that do it wrongly once. */
@NullUnmarked // Tests dereference what they expect to be there.
class LoadedRowsTest {
    private static final int ITEMS = 50;
    private static final int ROW = 7;

    @TempDir
    private Path folder;

    /** What a layer does wrongly in its first load. */
    enum Fault {
        LOSES_A_ROW("did not have the rows of the backup"),
        ALTERS_A_ROW("did not have the rows of the backup"),
        TAKES_NO_ROW("was not taken by the layer"),
        DOES_NOT_COMMIT("was not taken by the layer"),
        BREAKS("torn");

        final String told;

        Fault(String told) {
            this.told = told;
        }
    }

    /** A file of SQLite with a fault. */
    private record Faulty(LayerSource source, Fault fault, AtomicBoolean done) implements LayerSource {
        @Override
        public LayerDescription description() {
            return source.description();
        }

        @Override
        public Layer open(String name, Environment environment) {
            return new ForwardingLayer(source.open(name, environment)) {
                @Override
                public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
                    return super.load(table, columns, target)
                            .map(load -> table.isItems() && done.compareAndSet(false, true)
                                    ? new FaultyLoad(load, fault, columns)
                                    : load);
                }
            };
        }
    }

    private static final class FaultyLoad implements RowLoad {
        private final RowLoad load;
        private final Fault fault;
        private final List<ColumnSchema> columns;
        private int rows;

        FaultyLoad(RowLoad load, Fault fault, List<ColumnSchema> columns) {
            this.load = load;
            this.fault = fault;
            this.columns = columns;
        }

        @Override
        public boolean add(String id, @Nullable Object[] values) {
            if (++rows != ROW || fault == Fault.DOES_NOT_COMMIT) {
                return load.add(id, values);
            }
            if (fault == Fault.TAKES_NO_ROW) {
                load.close();
                return false;
            }
            if (fault == Fault.BREAKS) {
                throw new IllegalStateException("torn");
            }
            if (fault == Fault.ALTERS_A_ROW) {
                for (int i = 0; i < values.length; i++) {
                    if (columns.get(i).name().equals("make")) {
                        values[i] += ".";
                    }
                }
                return load.add(id, values);
            }
            return true;
        }

        @Override
        public boolean commit() {
            if (fault == Fault.DOES_NOT_COMMIT) {
                load.close();
                return false;
            }
            return load.commit();
        }

        @Override
        public void close() {
            load.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_layer_that_loads_wrongly_is_found_out_and_what_was_there_comes_back(Fault fault) {
        BackupWorld world = new BackupWorld(folder);
        BackupInfo backup;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, ITEMS);
            backup = pool.backups().run("files");
        }
        AtomicBoolean done = new AtomicBoolean(true);
        try (Pool pool = Korm.pool()
                .layer("cars", new Faulty(Sqlite.file(folder.resolve("two-cars.sqlite")), fault, done))
                .layer("people", Sqlite.file(folder.resolve("two-people.sqlite")))
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", world.depot)
                .keys(BackupWorld.ring("k1", 7))
                .open()) {
            BackupWorld.fill(pool, 1000, 1010);
            Map<String, String> before = BackupWorld.content(pool);
            done.set(false);
            assertThatThrownBy(() -> pool.backups().restore(backup.id(), RestoreOptions.replace()))
                    .isInstanceOfSatisfying(BackupException.class, failed -> assertThat(failed.reason())
                            .isEqualTo(Reason.FAILED))
                    .cause()
                    .hasMessageContaining(fault.told);
            assertThat(done.get()).isTrue();
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            assertThat(pool.backups().unfinishedRestore("files")).isEmpty();
            assertThat(pool.backups()
                            .restore(backup.id(), RestoreOptions.replace())
                            .created())
                    .as("it can be done again")
                    .isEqualTo(2 * ITEMS);
        }
    }

    @Test
    void the_indexes_of_a_table_are_there_when_its_rows_were_loaded() {
        BackupWorld world = new BackupWorld(folder);
        BackupInfo backup;
        TableName cars = new TableName("__items__garage__car", TableName.ID);
        TableSchema before;
        try (Pool pool = world.open("one")) {
            BackupWorld.fill(pool, 0, ITEMS);
            backup = pool.backups().run("files");
        }
        before = schema("one", cars);
        assertThat(before.indexes()).isNotEmpty();
        try (Pool pool = world.open("two")) {
            pool.backups().restore(backup.id(), RestoreOptions.replace());
        }
        assertThat(Set.copyOf(schema("two", cars).indexes())).isEqualTo(Set.copyOf(before.indexes()));
    }

    private TableSchema schema(String name, TableName table) {
        try (Layer layer = Sqlite.file(folder.resolve(name + "-cars.sqlite")).open("cars", Environment.system())) {
            return layer.describe(table).orElseThrow();
        }
    }
}
