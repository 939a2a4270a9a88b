package dev.korm.engine.metadata;

import dev.korm.Rn;
import dev.korm.depot.DepotException;
import dev.korm.recovery.JournalException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write-ahead log of the TypeScript original, which keeps each change that is under way as a file {@code
 * __korm_wal__/NAMESPACE/POOL/pending/ID.json} in a depot. What it left unfinished only the original itself can finish, so a pool with such changes is not
 * opened.
 *
 * @param depot the depot's name
 * @param folder the folders of one log; without the last, of all
 */
public record OriginalLog(String depot, List<String> folder) {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.metadata");
    private static final String ROOT = "__korm_wal__";
    private static final String PENDING = "pending";
    private static final int NAMED = 3;

    public OriginalLog {
        folder = List.copyOf(folder);
    }

    /** Returns the log that a stored configuration names. */
    static OriginalLog of(String depot, String namespace, String pool) {
        return new OriginalLog(depot, List.of(ROOT, namespace, pool, PENDING));
    }

    /** Returns whatever logs there are in a depot. */
    public static OriginalLog anyIn(String depot) {
        return new OriginalLog(depot, List.of(ROOT));
    }

    /**
     * Refuses a log with changes that were not finished.
     *
     * @param store the depot; null where the pool has none of this name
     * @throws JournalException when there are any, or it cannot be known
     */
    public void requireFinished(@Nullable Depot store) {
        if (store == null) {
            throw new JournalException(
                    "The stored configuration is of a pool whose write-ahead log is in the depot \"" + depot
                            + "\", and this pool has no such depot, so changes that were left unfinished there would be overlooked. Add the depot, at least"
                            + " until the new configuration is adopted",
                    null);
        }
        List<String> pending = pending(store);
        if (!pending.isEmpty()) {
            boolean more = pending.size() > NAMED;
            throw new JournalException(
                    "The pool was left in the middle of changes by korm for TypeScript: its log in the depot \"" + depot
                            + "\" has unfinished records ("
                            + String.join(", ", pending.subList(0, Math.min(NAMED, pending.size())))
                            + (more ? " and more" : "")
                            + "), which only that version can finish. Open the pool once with korm 1.5.0 for TypeScript, which finishes them;"
                            + " or, where you know that they are of no use, move the records out of the folder \""
                            + PENDING + "\"",
                    null);
        }
    }

    /** Returns the names of some unfinished records. A depot that cannot be looked through keeps a pool from opening only where a log is known to be in it. */
    private List<String> pending(Depot store) {
        List<String> pending = new ArrayList<>();
        try {
            for (List<String> log : folder.size() > 1 ? List.of(folder) : logs(store)) {
                addPending(store, log, pending);
            }
        } catch (DepotException unseen) {
            if (folder.size() > 1) {
                throw unseen;
            }
            LOG.warn("The depot \"{}\" was not searched for a log of korm for TypeScript", depot, unseen);
        }
        return pending;
    }

    /** Returns the folders of unfinished records of all logs, without looking at what else is kept beside them. */
    private List<List<String>> logs(Depot store) {
        List<List<String>> logs = new ArrayList<>();
        for (String namespace : folders(store, ROOT)) {
            for (String pool : folders(store, ROOT, namespace)) {
                logs.add(List.of(ROOT, namespace, pool, PENDING));
            }
        }
        return logs;
    }

    private List<String> folders(Depot store, String... parts) {
        try (Stream<String> folders = store.folders(Rn.prefix(depot, parts))) {
            return folders.toList();
        }
    }

    private void addPending(Depot store, List<String> log, List<String> pending) {
        try (Stream<FileEntry> entries = store.list(Rn.prefix(depot, log.toArray(String[]::new)))) {
            entries.filter(entry -> isPending(entry.rn()))
                    .limit(NAMED + 1L)
                    .forEach(entry -> pending.add(name(entry.rn())));
        }
    }

    private static boolean isPending(Rn<?> file) {
        List<String> parts = file.depotParts();
        return parts.size() >= 2
                && parts.get(parts.size() - 2).equals(PENDING)
                && parts.get(parts.size() - 1).endsWith(".json");
    }

    private static String name(Rn<?> file) {
        return file.depotParts().get(file.depotParts().size() - 1);
    }
}
