package dev.korm.wal.backup;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.ReadAhead;
import dev.korm.wal.backup.format.StoredFile;
import dev.korm.wal.backup.format.StoredTable;
import dev.korm.wal.backup.format.TableHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Databases of its own, in a temporary folder, which a backup is restored into to see that it can be. For one thread. */
final class ScratchPool implements BackupVisitor, AutoCloseable {
    private final Environment environment;
    private final Path folder;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final List<StoredTable> tables = new ArrayList<>();
    private @Nullable RowLoader loading;
    private @Nullable StoredTable table;

    ScratchPool(Environment environment) {
        this.environment = environment;
        try {
            this.folder = Files.createTempDirectory("korm-verify-");
        } catch (IOException failed) {
            throw new UncheckedIOException("A temporary folder for a verification could not be made", failed);
        }
    }

    @Override
    public void table(StoredTable begun) {
        Layer layer = layers.computeIfAbsent(
                begun.layer(), name -> Sqlite.file(folder.resolve("layer-" + layers.size() + ".sqlite"))
                        .open(name, environment));
        layer.evolve(Restored.withColumns(begun), java.util.Set.of());
        table = begun;
        tables.add(begun);
        loading = new RowLoader(
                layer,
                begun.name(),
                begun.schema().columns(),
                LoadTarget.NEW,
                revision -> revision,
                RowLoader.OnClash.FAIL);
    }

    @Override
    public void row(@Nullable Object[] values) {
        java.util.Objects.requireNonNull(loading).add(values);
    }

    @Override
    public void file(StoredFile file) {
        loading = null;
        table = null;
    }

    @Override
    public void end() {
        RowLoader loaded = loading;
        StoredTable ended = table;
        if (loaded != null && ended != null) {
            loaded.flush();
            Layer layer = java.util.Objects.requireNonNull(layers.get(ended.layer()));
            layer.evolve(Restored.withIndexes(ended), java.util.Set.of());
        }
        loading = null;
        table = null;
    }

    /** Reads everything back, as it is in the databases. */
    List<Manifest.Table> readBack() {
        List<Manifest.Table> all = new ArrayList<>();
        for (StoredTable each : tables) {
            Layer layer = java.util.Objects.requireNonNull(layers.get(each.layer()));
            TableSchema there = layer.describe(each.name()).orElseThrow();
            TableHash hash = hash(environment, layer, there);
            all.add(new Manifest.Table(
                    each.layer(), each.name().text(), hash.rows(), hash.content(), hash.revisions()));
        }
        return all;
    }

    /** Returns the hash of the rows that a layer has now. Another thread reads them. */
    static TableHash hash(Environment environment, Layer layer, TableSchema there) {
        List<ColumnSchema> columns = Restored.comparable(there);
        TableHash.Adding adding = new TableHash.Adding(columns);
        ExecutorService reader = environment.executor("korm-backup-read", 1);
        try {
            ReadAhead.read(reader, ahead -> rows(layer, there, columns, ahead), new BackupVisitor() {
                @Override
                public void row(@Nullable Object[] values) {
                    adding.add(values);
                }
            });
        } finally {
            reader.shutdownNow();
        }
        return adding.hash();
    }

    private static void rows(Layer layer, TableSchema there, List<ColumnSchema> columns, BackupVisitor visitor) {
        try (RowCursor rows = layer.select(Cut.selection(there.table(), columns))) {
            while (rows.next()) {
                @Nullable Object[] values = new Object[columns.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = rows.get(i);
                }
                visitor.row(values);
            }
        }
    }

    @Override
    public void close() {
        if (loading != null) {
            loading.close();
        }
        layers.values().forEach(Layer::close);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException left) {
            throw new UncheckedIOException("The temporary folder of a verification could not be removed", left);
        }
    }
}
