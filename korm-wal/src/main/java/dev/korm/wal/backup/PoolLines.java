package dev.korm.wal.backup;

import dev.korm.Rn;
import dev.korm.file.Progress;
import dev.korm.spi.RowCursor;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.chain.PriorState;
import dev.korm.wal.backup.format.ContentKey;
import dev.korm.wal.backup.format.FileHash;
import dev.korm.wal.backup.format.LineSource;
import dev.korm.wal.backup.format.LineWriter;
import dev.korm.wal.backup.format.Manifest;
import dev.korm.wal.backup.format.StoredFile;
import dev.korm.wal.backup.format.StoredTable;
import dev.korm.wal.backup.format.TableHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lines of everything that a backup holds: the tables of all layers, then the files. For one thread. */
final class PoolLines implements LineSource, AutoCloseable {
    private static final int ROWS = 64;
    private static final int PIECE = 192 * 1024;

    /** The id of a key in a payload, also in one that stands in a JSON text within JSON. */
    private static final Pattern KEY_ID = Pattern.compile("\"kid\\\\*\"\\s*:\\s*\\\\*\"([A-Za-z0-9._-]{1,32})");

    private final Iterator<Table> tables;
    private final @Nullable Files files;
    private final @Nullable PriorState prior;
    private final Progress progress;
    private final Map<Table, TableHash> hashes = new LinkedHashMap<>();
    private final Set<String> keys = new LinkedHashSet<>();
    private final long total;
    private long done;

    private @Nullable Reading reading;

    /** A table to be read. */
    record Table(Cut.Part part, StoredTable stored, List<ColumnSchema> read) {}

    /**
     * @param prior what is not repeated
     * @param total rows to be read, or {@link Progress#UNKNOWN}
     */
    PoolLines(List<Table> tables, @Nullable Files files, @Nullable PriorState prior, Progress progress, long total) {
        this.prior = prior;
        this.tables = tables.iterator();
        this.files = files;
        this.progress = progress;
        this.total = total;
    }

    /** Returns a table with those of its columns that can be stored; notes the others. */
    static Table table(String layer, Cut.Part part, TableSchema schema, List<String> notes) {
        List<ColumnSchema> read = new ArrayList<>();
        List<ColumnSchema> stored = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            if (StoredTable.holds(column)) {
                boolean former = column.name().equals(TableName.FORMER_REVISION);
                if (former && schema.has(TableName.REVISION)) {
                    continue;
                }
                read.add(column);
                stored.add(new ColumnSchema(former ? TableName.REVISION : column.name(), column.kind()));
            } else if (!column.name().equals(TableName.TOKEN)) {
                notes.add("The column " + column.name() + " of " + schema.table() + " in the layer \"" + layer
                        + "\" is not in the backup: "
                        + (column.isGenerated() ? "the database computes it" : "korm does not write its type"));
            }
        }
        return new Table(part, new StoredTable(layer, new TableSchema(schema.table(), stored, schema.indexes())), read);
    }

    @Override
    public boolean writeNext(LineWriter out) {
        Reading now = reading;
        if (now != null) {
            reading = now.write(out) ? now : null;
            return true;
        }
        if (tables.hasNext()) {
            reading = new Rows(tables.next(), out);
            return true;
        }
        if (files != null && files.write(out)) {
            return true;
        }
        List<ContentKey> gone = prior == null ? List.of() : prior.gone();
        if (!gone.isEmpty()) {
            out.gone(gone);
        }
        return !gone.isEmpty();
    }

    /** Returns the tables that were read, in numbers. */
    List<Manifest.Table> hashes() {
        List<Manifest.Table> all = new ArrayList<>();
        hashes.forEach((table, hash) -> all.add(new Manifest.Table(
                table.stored().layer(), table.stored().name().text(), hash.rows(), hash.content(), hash.revisions())));
        return all;
    }

    /** Returns the ids of the keys that secrets were sealed with. */
    Set<String> keys() {
        return keys;
    }

    Optional<Long> fileCount() {
        return files == null ? Optional.empty() : Optional.of(files.count);
    }

    @Override
    public void close() {
        Reading open = reading;
        reading = null;
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            if (files != null) {
                files.close();
            }
        }
    }

    /** A table in the middle of being read. */
    private interface Reading extends AutoCloseable {
        /** Returns false at its end. */
        boolean write(LineWriter out);

        @Override
        void close();
    }

    /** The rows of a table. */
    private final class Rows implements Reading {
        private final TableHash hash = new TableHash();
        private final TableHash.Rows canonical;
        private final RowCursor cursor;
        private final int columns;
        private final TableHash.@Nullable Adding adding;
        private final PriorState.@Nullable Rows before;
        private final boolean[] secrets;
        private final String[] lastKey;
        private long written;

        Rows(Table table, LineWriter out) {
            List<ColumnSchema> stored = table.stored().schema().columns();
            this.canonical = new TableHash.Rows(stored);
            this.columns = stored.size();
            this.adding = prior == null ? null : new TableHash.Adding(stored);
            this.before = prior == null
                    ? null
                    : prior.rows(table.stored().layer(), table.stored().name());
            this.secrets = new boolean[columns];
            this.lastKey = new String[] {""};
            boolean history = table.stored().name().equals(OwnTables.HISTORY);
            for (int i = 0; i < columns; i++) {
                ColumnKind kind = stored.get(i).kind();
                secrets[i] = kind == ColumnKind.ENCRYPTED || kind == ColumnKind.JSON || history;
            }
            hashes.put(table, hash);
            this.cursor = table.part().rows(table.stored().name(), table.read());
            out.table(table.stored());
        }

        @Override
        public boolean write(LineWriter out) {
            for (int i = 0; i < ROWS; i++) {
                if (!cursor.next()) {
                    out.end(written);
                    if (adding != null) {
                        adding.addTo(hash);
                    }
                    close();
                    return false;
                }
                @Nullable Object[] values = new Object[columns];
                for (int column = 0; column < columns; column++) {
                    values[column] = cursor.get(column);
                    if (secrets[column] && values[column] instanceof String text) {
                        note(text);
                    }
                }
                write(values, out);
            }
            done += ROWS;
            progress.at(done, total);
            return true;
        }

        private void write(@Nullable Object[] values, LineWriter out) {
            if (adding == null || before == null) {
                out.row(values, hash, canonical);
            } else if (before.has(String.valueOf(values[0]), adding.add(values))) {
                return;
            } else {
                out.row(values);
            }
            written++;
        }

        private void note(String text) {
            if (text.contains("\"kid")) {
                Matcher found = KEY_ID.matcher(text);
                while (found.find()) {
                    if (!found.group(1).equals(lastKey[0])) {
                        lastKey[0] = found.group(1);
                        keys.add(lastKey[0]);
                    }
                }
            }
        }

        @Override
        public void close() {
            cursor.close();
        }
    }

    /** The files of all depots. */
    static final class Files implements AutoCloseable {
        private final boolean history;
        private final @Nullable PriorState prior;
        private final Iterator<Depot> depots;
        private @Nullable Depot depot;
        private @Nullable Stream<FileEntry> listing;
        private @Nullable Iterator<FileEntry> entries;
        private @Nullable FileContent content;
        private final byte[] piece = new byte[PIECE];
        private long size;
        private long count;

        /** @param history whether the bytes that the history keeps of files are among them */
        Files(List<Depot> depots, boolean history, @Nullable PriorState prior) {
            this.history = history;
            this.prior = prior;
            this.depots = depots.iterator();
        }

        boolean write(LineWriter out) {
            FileContent open = content;
            if (open != null) {
                write(open, out);
                return true;
            }
            Iterator<FileEntry> left = entries;
            while (left == null || !left.hasNext()) {
                close();
                if (!depots.hasNext()) {
                    return false;
                }
                Depot next = depots.next();
                Stream<FileEntry> all = next.list(Rn.prefix(next.name()));
                depot = next;
                listing = all;
                left = all.filter(entry -> isWanted(entry.rn())).iterator();
                entries = left;
            }
            begin(java.util.Objects.requireNonNull(depot), left.next().rn(), out);
            return true;
        }

        /** Returns whether a file is the user's, or of the history. Another depot, with what korm keeps in it, may lie in any folder of this one. */
        private boolean isWanted(Rn<?> file) {
            List<String> parts = file.depotParts();
            return (history && parts.get(0).equals(OwnTables.HISTORY.text()))
                    || parts.stream().noneMatch(part -> part.startsWith("__korm_") && part.endsWith("__"));
        }

        private void begin(Depot from, Rn<?> file, LineWriter out) {
            try {
                if (prior != null && isAsBefore(prior, from, file)) {
                    count++;
                    return;
                }
                FileContent opened = from.get(file);
                content = opened;
                size = 0;
                out.file(stored(file, opened.stat()));
            } catch (dev.korm.depot.MissingFileException deletedMeanwhile) {
                // No item of the cut needs it: files stay for longer than what names them.
                content = null;
            }
        }

        private static StoredFile stored(Rn<?> file, FileStat stat) {
            return new StoredFile(file.toString(), stat.contentType(), stat.attributes());
        }

        private boolean isAsBefore(PriorState state, Depot from, Rn<?> file) {
            FileStat stat = from.stat(file).orElse(null);
            if (stat == null) {
                return false;
            }
            if (stat.sha256().isPresent()) {
                return state.has(
                        stored(file, stat),
                        FileHash.number(stored(file, stat), stat.sha256().get()));
            }
            FileHash hash = new FileHash();
            try (FileContent all = from.get(file)) {
                for (int got = all.stream().readNBytes(piece, 0, PIECE);
                        got > 0;
                        got = all.stream().readNBytes(piece, 0, PIECE)) {
                    hash.add(piece, got);
                }
                return state.has(stored(file, all.stat()), hash.number(stored(file, all.stat())));
            } catch (IOException failed) {
                throw new UncheckedIOException("A file could not be read for a backup", failed);
            }
        }

        private void write(FileContent open, LineWriter out) {
            try {
                int got = open.stream().readNBytes(piece, 0, PIECE);
                if (got > 0) {
                    out.bytes(piece, got);
                    size += got;
                } else {
                    out.end(size);
                    count++;
                    open.close();
                    content = null;
                }
            } catch (IOException failed) {
                throw new UncheckedIOException("A file could not be read for a backup", failed);
            }
        }

        @Override
        public void close() {
            FileContent open = content;
            Stream<FileEntry> all = listing;
            content = null;
            listing = null;
            entries = null;
            try {
                if (open != null) {
                    open.close();
                }
            } finally {
                if (all != null) {
                    all.close();
                }
            }
        }
    }
}
