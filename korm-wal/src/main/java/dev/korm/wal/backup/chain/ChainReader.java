package dev.korm.wal.backup.chain;

import dev.korm.spi.schema.ColumnSchema;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.ContentKey;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.StoredFile;
import dev.korm.wal.backup.format.StoredTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a chain as the one state that it holds. For one thread.
 *
 * <p>The increments are read first, from the last to the first: of each row the last state counts, and goes to a temporary file. Then the full backup is read; rows that an increment has or takes
 * out are passed over, and those of the increments come behind them, table by table. Last come the files, from the last increment to the full backup.
 */
public final class ChainReader implements AutoCloseable {
    private final List<Link> increments;
    private final Link full;
    private final Set<String> tables = new HashSet<>();
    private final Map<String, Overlay> overlays = new LinkedHashMap<>();
    private final KeyTable rows = new KeyTable();
    private final KeyTable files = new KeyTable();
    private final boolean withFiles;

    /** @param chain the last increment first, the full backup last */
    public ChainReader(List<Link> chain) {
        this.increments = chain.subList(0, chain.size() - 1);
        this.full = chain.get(chain.size() - 1);
        Manifest last = chain.get(0).manifest();
        last.tables().forEach(table -> tables.add(place(table.layer(), table.name())));
        this.withFiles = last.files().isPresent();
    }

    private static String place(String layer, String table) {
        return layer + "\0" + table;
    }

    private static String place(StoredTable table) {
        return place(table.layer(), table.name().text());
    }

    /** The rows of one table that are in increments, as its last state has them. */
    private record Overlay(StoredTable table, RowSpool rows) {}

    /** Tells a visitor what the chain holds. */
    public void read(BackupVisitor visitor) {
        increments.forEach(increment -> increment.read(new Gathering()));
        FullRows base = new FullRows(visitor);
        full.read(base);
        for (Map.Entry<String, Overlay> left : overlays.entrySet()) {
            if (!base.told.contains(left.getKey())) {
                visitor.table(left.getValue().table());
                left.getValue().rows().read(visitor::row);
                visitor.end();
            }
        }
        if (withFiles) {
            increments.forEach(increment -> increment.read(new LastFiles(visitor)));
            full.read(new LastFiles(visitor));
        }
    }

    /** Brings rows of an earlier state of a table into the form of the last one. */
    private static int[] columns(StoredTable from, StoredTable to) {
        Map<String, Integer> there = new HashMap<>();
        List<ColumnSchema> columns = from.schema().columns();
        for (int i = 0; i < columns.size(); i++) {
            there.put(columns.get(i).name(), i);
        }
        return to.schema().columns().stream()
                .mapToInt(column -> there.getOrDefault(column.name(), -1))
                .toArray();
    }

    private static @Nullable Object[] mapped(@Nullable Object[] row, int[] columns) {
        @Nullable Object[] mapped = new Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            mapped[i] = columns[i] < 0 ? null : row[columns[i]];
        }
        return mapped;
    }

    /** Gathers the rows of an increment that no later one has. */
    private final class Gathering implements BackupVisitor {
        private @Nullable Overlay overlay;
        private int @Nullable [] columns;
        private ContentKey.@Nullable OfTable keys;

        @Override
        public void table(StoredTable table) {
            if (tables.contains(place(table))) {
                overlay = overlays.computeIfAbsent(
                        place(table),
                        any -> new Overlay(
                                table, new RowSpool(table.schema().columns().size())));
                columns = columns(table, overlay.table());
                keys = new ContentKey.OfTable(table.layer(), table.name());
            }
        }

        @Override
        public void row(@Nullable Object[] values) {
            Overlay of = overlay;
            if (of != null && rows.add(Objects.requireNonNull(keys).of(String.valueOf(values[0])), 0)) {
                of.rows().add(mapped(values, Objects.requireNonNull(columns)));
            }
        }

        @Override
        public void gone(ContentKey key) {
            rows.add(key, 0);
        }

        @Override
        public void end() {
            if (overlay != null) {
                overlay.rows().rest();
                overlay = null;
            }
        }
    }

    /** Tells the rows of the full backup that are still as they were, and with each table those of the increments. */
    private final class FullRows implements BackupVisitor {
        private final BackupVisitor visitor;
        private final Set<String> told = new HashSet<>();
        private @Nullable Overlay overlay;
        private int[] columns = {};
        private ContentKey.@Nullable OfTable keys;

        FullRows(BackupVisitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public void table(StoredTable table) {
            overlay = overlays.get(place(table));
            if (overlay != null) {
                told.add(place(table));
                columns = columns(table, overlay.table());
                keys = new ContentKey.OfTable(table.layer(), table.name());
                visitor.table(overlay.table());
            }
        }

        @Override
        public void row(@Nullable Object[] values) {
            if (overlay != null && !rows.has(Objects.requireNonNull(keys).of(String.valueOf(values[0])))) {
                visitor.row(mapped(values, columns));
            }
        }

        @Override
        public void end() {
            Overlay ended = overlay;
            if (ended != null) {
                ended.rows().read(visitor::row);
                visitor.end();
                overlay = null;
            }
        }
    }

    /** Tells the files that no later backup has or takes out. */
    private final class LastFiles implements BackupVisitor {
        private final BackupVisitor visitor;
        private boolean inFile;

        LastFiles(BackupVisitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public void file(StoredFile file) {
            inFile = files.add(ContentKey.ofFile(file.rn()), 0);
            if (inFile) {
                visitor.file(file);
            }
        }

        @Override
        public void bytes(byte[] bytes) {
            if (inFile) {
                visitor.bytes(bytes);
            }
        }

        @Override
        public void gone(ContentKey key) {
            files.add(key, 0);
        }

        @Override
        public void end() {
            if (inFile) {
                visitor.end();
                inFile = false;
            }
        }
    }

    @Override
    public void close() {
        rows.close();
        files.close();
        overlays.values().forEach(overlay -> overlay.rows().close());
    }
}
