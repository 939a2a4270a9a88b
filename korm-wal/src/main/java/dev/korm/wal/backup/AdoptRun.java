package dev.korm.wal.backup;

import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.spi.Layer;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.LineWriter;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.Pace;
import dev.korm.wal.backup.format.PartWriter;
import dev.korm.wal.backup.format.StoredTable;
import dev.korm.wal.backup.format.TableHash;
import dev.korm.wal.backup.original.OriginalColumns;
import dev.korm.wal.backup.original.OriginalFile;
import dev.korm.wal.backup.original.OriginalFile.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The making of a backup of ours from one of the original's, in two readings: the first checks the whole file and finds out the types of
 * its columns, the second writes. For one thread.
 */
final class AdoptRun {
    private static final int ROWS = 64;

    private final BackupContext pool;
    private final BackupFolder folder;
    private final Rn<?> file;
    private final Map<String, OriginalColumns> columns = new LinkedHashMap<>();
    private final Map<String, StoredTable> tables = new LinkedHashMap<>();
    private final Map<StoredTable, TableHash> hashes = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    AdoptRun(BackupContext pool, Rn<?> file) {
        this.pool = pool;
        this.folder = BackupFolder.of(pool, file.depot().orElse(""));
        this.file = file;
    }

    StoredBackup write() {
        OriginalFile.Header header = look();
        String name = BackupRun.name(header.created(), pool.environment());
        ExecutorService workers = pool.environment().executor("korm-backup", 2);
        List<Manifest.Part> parts = new ArrayList<>();
        try (FileContent content = folder.depot().get(file);
                OriginalFile original = new OriginalFile(file.toString(), content.stream())) {
            PartWriter writer = new PartWriter(
                    out -> copy(original, out), workers, null, new Pace(pool.environment(), OptionalLong.empty()));
            while (writer.hasNext()) {
                String part = String.format(Locale.ROOT, "part-%05d.ndjson.gz", parts.size() + 1);
                PartWriter.Part bytes = writer.next();
                folder.depot().put(folder.file(name, part), bytes, PutOptions.NONE.when(folder.absent()));
                parts.add(new Manifest.Part(part, bytes.size(), bytes.sha256()));
            }
            List<Manifest.Table> counted = new ArrayList<>();
            hashes.forEach((table, hash) -> counted.add(new Manifest.Table(
                    table.layer(), table.name().text(), hash.rows(), hash.content(), hash.revisions())));
            folder.publish(new Manifest(
                    name,
                    pool.pool(),
                    header.created(),
                    BackupInfo.Kind.FULL,
                    Optional.empty(),
                    Map.of(header.layer(), header.type()),
                    counted,
                    Optional.empty(),
                    parts,
                    Map.of(),
                    Optional.empty(),
                    notes));
        } catch (RuntimeException | Error failed) {
            folder.delete(name);
            throw failed;
        } finally {
            workers.shutdownNow();
        }
        return StoredBackup.of(folder, name);
    }

    /** Reads all of it, and settles which columns there are. */
    private OriginalFile.Header look() {
        try (FileContent content = folder.depot().get(file);
                OriginalFile original = new OriginalFile(file.toString(), content.stream())) {
            OriginalFile.Header header = original.header();
            OriginalColumns now = new OriginalColumns(header.type());
            while (!original.isEnded()) {
                Line line = original.next();
                if (line instanceof Line.Table table) {
                    now = columns.computeIfAbsent(table.name(), any -> new OriginalColumns(header.type()));
                } else if (line instanceof Line.Row row) {
                    now.look(row.values());
                }
            }
            columns.forEach((table, seen) -> choose(header, table, seen));
            return header;
        }
    }

    private void choose(OriginalFile.Header header, String table, OriginalColumns seen) {
        if (!TableName.isItems(table)) {
            if (!table.startsWith("__korm_")) {
                notes.add("The table " + table + " is none of items, and was left out");
            }
            return;
        }
        TableName name = new TableName(table, TableName.ID);
        Optional<TableSchema> there =
                pool.layers().contains(header.layer()) ? described(pool.store(header.layer()), name) : Optional.empty();
        List<ColumnSchema> chosen = seen.columns(there);
        List<IndexSchema> indexes = there.map(TableSchema::indexes).orElse(List.of()).stream()
                .filter(index -> index.parts().stream()
                        .flatMap(part -> part.columns())
                        .allMatch(part ->
                                chosen.stream().anyMatch(column -> column.name().equals(part.name()))))
                .toList();
        notes.addAll(seen.notes(table, chosen));
        tables.put(table, new StoredTable(header.layer(), new TableSchema(name, chosen, indexes)));
    }

    private static Optional<TableSchema> described(Layer layer, TableName name) {
        return layer.describe(name);
    }

    private @Nullable StoredTable table;
    private @Nullable String reading;
    private TableHash hash = new TableHash();
    private TableHash.@Nullable Rows canonical;
    private long count;

    private boolean copy(OriginalFile original, LineWriter out) {
        for (int i = 0; i < ROWS; i++) {
            if (original.isEnded()) {
                return false;
            }
            Line line = original.next();
            if (line instanceof Line.Table begun) {
                reading = begun.name();
                table = tables.get(begun.name());
                count = 0;
                if (table != null) {
                    if (hashes.containsKey(table)) {
                        throw new BackupException(
                                Reason.DAMAGED, "The backup " + file + " has a table twice; take another");
                    }
                    hash = new TableHash();
                    hashes.put(table, hash);
                    canonical = new TableHash.Rows(table.schema().columns());
                    out.table(table);
                }
            } else if (line instanceof Line.Row row && table != null && canonical != null) {
                out.row(values(row, table), hash, canonical);
                count++;
            } else if (line instanceof Line.EndTable && table != null) {
                out.end(count);
                table = null;
            }
        }
        return true;
    }

    private @Nullable Object[] values(Line.Row row, StoredTable into) {
        OriginalColumns known = columns.get(reading);
        try {
            if (known != null) {
                return known.values(row.values(), into.schema().columns());
            }
            throw new IllegalArgumentException("There is no such table");
        } catch (IllegalArgumentException unfit) {
            throw new BackupException(
                    Reason.DAMAGED,
                    "The backup " + file + " has a row of " + into.name()
                            + " that does not fit the columns of the pool's table; restore it into a pool without that table",
                    unfit);
        }
    }
}
