package dev.korm.engine.history;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.QueryException;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.history.Purge;
import dev.korm.history.PurgeProgress;
import dev.korm.spi.Capabilities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A purge of all layers. First each layer notes that its history begins later, so that nobody reads as of a moment whose versions are going;
 * then the versions go, in the order of their keys, a page in one batch. A version goes when the next one of its item is from before the
 * moment, and a deletion when it is from before it itself: then nothing of the item is left.
 */
final class PurgeRun implements Purge {
    private static final int PAGE = 500;

    private final PoolContext pool;
    private final long cut;
    private final long limit;
    private final Consumer<PurgeProgress> listener;

    PurgeRun(PoolContext pool, long cut) {
        this(pool, cut, Long.MAX_VALUE, progress -> {});
    }

    private PurgeRun(PoolContext pool, long cut, long limit, Consumer<PurgeProgress> listener) {
        this.pool = pool;
        this.cut = cut;
        this.limit = limit;
        this.listener = listener;
    }

    @Override
    public Purge onProgress(Consumer<PurgeProgress> progress) {
        requireNonNull(progress, "progress");
        return new PurgeRun(pool, cut, limit, progress);
    }

    @Override
    public Purge limit(long versions) {
        if (versions < 1) {
            throw new QueryException("limit(" + versions + ") lets a purge delete nothing; give at least 1");
        }
        return new PurgeRun(pool, cut, versions, listener);
    }

    @Override
    public PurgeProgress run() {
        Map<OpenLayer, HistoryTable> tables = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            HistoryTable table = new HistoryTable(layer);
            if (layer.store().capabilities().access() == Capabilities.Access.READ_WRITE && table.isThere()) {
                tables.put(layer, table);
            }
        }
        // Of a change of several layers no part goes while another counts as whole.
        tables.values().forEach(table -> table.beginLater(cut));
        PurgeProgress progress = new PurgeProgress(0, 0);
        for (Map.Entry<OpenLayer, HistoryTable> each : tables.entrySet()) {
            if (progress.deleted() < limit) {
                progress = run(each.getKey(), each.getValue(), progress);
            }
        }
        return progress;
    }

    private PurgeProgress run(OpenLayer layer, HistoryTable table, PurgeProgress before) {
        PurgeProgress progress = before;
        FileHistory files = new FileHistory(pool.depots(), pool.layers());
        StoredVersion last = null;
        String from = "";
        while (true) {
            List<StoredVersion> page =
                    table.oldest(from, HistoryTable.BEGINNING, PAGE, HistoryTable.Content.WITHOUT_IMAGE);
            List<String> old = new ArrayList<>();
            List<String> ofFiles = new ArrayList<>();
            long room = limit - progress.deleted();
            for (StoredVersion version : page) {
                if (last != null && old.size() < room && isReplaced(layer, last, version, files)) {
                    add(last, old, ofFiles);
                }
                last = version;
            }
            boolean ended = page.size() < PAGE;
            if (ended && last != null && old.size() < room && isReplaced(layer, last, null, files)) {
                add(last, old, ofFiles);
            }
            List<String> copies = ofFiles.isEmpty()
                    ? List.of()
                    : List.copyOf(table.images(ofFiles).values());
            int deleted = old.isEmpty() ? 0 : table.delete(old);
            files.forget(copies);
            progress = new PurgeProgress(progress.seen() + page.size(), progress.deleted() + deleted);
            listener.accept(progress);
            if (ended || last == null || progress.deleted() >= limit) {
                return progress;
            }
            from = VersionKey.behind(last.key());
        }
    }

    private static void add(StoredVersion version, List<String> old, List<String> ofFiles) {
        old.add(version.key());
        if (FileHistory.isFile(version)) {
            ofFiles.add(version.key());
        }
    }

    /** Returns whether a version was not in force any more at the moment. */
    private boolean isReplaced(
            OpenLayer layer, StoredVersion version, @Nullable StoredVersion next, FileHistory files) {
        if (next != null && VersionKey.itemOf(next.key()).equals(VersionKey.itemOf(version.key()))) {
            return next.micros() <= cut;
        }
        return version.isDeletion()
                && version.micros() <= cut
                && !(FileHistory.isFile(version) && files.isElsewhere(layer, version));
    }
}
