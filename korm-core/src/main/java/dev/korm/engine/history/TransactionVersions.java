package dev.korm.engine.history;

import dev.korm.Rn;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.StoredVersion;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;

/**
 * The versions that a transaction made in one layer, in the order of their keys: those of an item stand together, in the order in which they
 * were made.
 */
record TransactionVersions(OpenLayer layer, List<StoredVersion> versions) {
    /** Returns those of items. */
    List<StoredVersion> items() {
        return versions.stream().filter(version -> !FileHistory.isFile(version)).toList();
    }

    /** Returns what they are of. */
    List<Rn<?>> rns(PoolContext pool) {
        return versions.stream()
                .<Rn<?>>map(version -> FileHistory.isFile(version)
                        ? Rn.parse(version.id())
                        : pool.layers()
                                .collection(layer, new TableName(version.table(), TableName.ID))
                                .item(version.id()))
                .distinct()
                .toList();
    }

    /** Returns those of files. */
    List<StoredVersion> files() {
        return versions.stream().filter(FileHistory::isFile).toList();
    }

    /**
     * Finds what a transaction made, in all layers.
     *
     * @throws dev.korm.ChangeTooLargeException when that is more than may be held in memory
     */
    static List<TransactionVersions> find(PoolContext pool, String transaction) {
        List<TransactionVersions> found = new ArrayList<>();
        int most = pool.limit().most();
        for (OpenLayer layer : pool.layers().all()) {
            HistoryTable table = new HistoryTable(layer);
            if (!table.isThere()) {
                continue;
            }
            List<StoredVersion> versions =
                    table.ofTransaction(transaction, most == Integer.MAX_VALUE ? most : most + 1);
            if (!versions.isEmpty()) {
                pool.limit().require(versions.size(), changed(versions.get(0)), layer.layer());
                found.add(new TransactionVersions(layer, versions));
            }
        }
        return found;
    }

    private static Rn<?> changed(StoredVersion version) {
        if (FileHistory.isFile(version)) {
            return Rn.parse(version.id());
        }
        TableName table = new TableName(version.table(), TableName.ID);
        return Rn.collection(table.namespace(), table.kind());
    }
}
