package dev.korm.wal.backup.chain;

import dev.korm.spi.query.TableName;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.ContentKey;
import dev.korm.wal.backup.format.FileHash;
import dev.korm.wal.backup.format.StoredFile;
import dev.korm.wal.backup.format.StoredTable;
import dev.korm.wal.backup.format.TableHash;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows and files of a backup, each by a number that is another when it has changed: what the next increment is compared with. Built by reading the backup, then asked once for everything that there is now; what
 * was not asked for is gone. For one thread.
 */
public final class PriorState implements BackupVisitor, AutoCloseable {
    private static final int TOGETHER = 500;

    private final KeyTable known = new KeyTable();
    private TableHash.@Nullable Adding adding;
    private ContentKey.@Nullable OfTable keys;
    private @Nullable StoredFile file;
    private @Nullable FileHash hash;

    @Override
    public void table(StoredTable table) {
        adding = new TableHash.Adding(table.schema().columns());
        keys = new ContentKey.OfTable(table.layer(), table.name());
    }

    @Override
    public void row(@Nullable Object[] values) {
        known.add(
                Objects.requireNonNull(keys).of(String.valueOf(values[0])),
                Objects.requireNonNull(adding).add(values));
    }

    @Override
    public void file(StoredFile begun) {
        file = begun;
        hash = new FileHash();
    }

    @Override
    public void bytes(byte[] bytes) {
        Objects.requireNonNull(hash).add(bytes, bytes.length);
    }

    @Override
    public void end() {
        if (file != null) {
            known.add(ContentKey.ofFile(file.rn()), Objects.requireNonNull(hash).number(file));
            file = null;
        }
    }

    /** The rows of one table that are there now. */
    public final class Rows {
        private final ContentKey.OfTable of;

        private Rows(String layer, TableName table) {
            this.of = new ContentKey.OfTable(layer, table);
        }

        /** Returns whether a row is in the backup as it is now. */
        public boolean has(Object id, long number) {
            return known.mark(of.of(id), number);
        }
    }

    public Rows rows(String layer, TableName table) {
        return new Rows(layer, table);
    }

    /** Returns whether a file is in the backup as it is now. */
    public boolean has(StoredFile now, long number) {
        return known.mark(ContentKey.ofFile(now.rn()), number);
    }

    /** Returns the next of what nobody has asked for; none at the end. */
    public List<ContentKey> gone() {
        return known.unmarked(TOGETHER);
    }

    @Override
    public void close() {
        known.close();
    }
}
