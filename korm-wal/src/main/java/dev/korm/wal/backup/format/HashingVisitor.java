package dev.korm.wal.backup.format;

import dev.korm.file.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Hashes what a backup holds, to be compared with its manifest, and passes it on. For one thread. */
public final class HashingVisitor implements BackupVisitor {
    private final @Nullable BackupVisitor next;
    private final Progress progress;
    private final long total;
    private final List<Manifest.Table> tables = new ArrayList<>();
    private @Nullable StoredTable table;
    private TableHash.@Nullable Adding adding;
    private long files;
    private long done;

    /** @param next null where nobody is told */
    public HashingVisitor(@Nullable BackupVisitor next, Progress progress, long total) {
        this.next = next;
        this.progress = progress;
        this.total = total;
    }

    /** Returns the tables that were told, in numbers. */
    public List<Manifest.Table> tables() {
        return tables;
    }

    /** Returns how many files were told. */
    public long files() {
        return files;
    }

    @Override
    public void table(StoredTable begun) {
        table = begun;
        adding = new TableHash.Adding(begun.schema().columns());
        if (next != null) {
            next.table(begun);
        }
    }

    @Override
    public void row(@Nullable Object[] values) {
        Objects.requireNonNull(adding).add(values);
        if (next != null) {
            next.row(values);
        }
        count();
    }

    @Override
    public boolean stored(StoredRow row) {
        if (next != null) {
            return false;
        }
        Objects.requireNonNull(adding).add(row);
        count();
        return true;
    }

    private void count() {
        if ((++done & 0x3ff) == 0) {
            progress.at(done, total);
        }
    }

    @Override
    public void file(StoredFile file) {
        files++;
        if (next != null) {
            next.file(file);
        }
    }

    @Override
    public void bytes(byte[] bytes) {
        if (next != null) {
            next.bytes(bytes);
        }
    }

    @Override
    public void end() {
        StoredTable ended = table;
        if (ended != null) {
            TableHash hash = Objects.requireNonNull(adding).hash();
            tables.add(new Manifest.Table(
                    ended.layer(), ended.name().text(), hash.rows(), hash.content(), hash.revisions()));
            table = null;
        }
        if (next != null) {
            next.end();
        }
    }
}
