package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.depot.DepotException;
import dev.korm.spi.backup.BackupContext;
import dev.korm.wal.backup.index.BackupIndex;
import dev.korm.wal.backup.index.ListedBackup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backups of each depot: read, or known from an index, which is kept here and beside them. Safe for many threads and programs. */
final class KnownBackups {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.backups");

    private final BackupContext pool;
    private final Map<String, Known> byDepot = new ConcurrentHashMap<>();

    KnownBackups(BackupContext pool) {
        this.pool = pool;
    }

    /** @param stored the index that the depot has, as far as is known here */
    private record Known(BackupIndex now, BackupIndex stored) {}

    /** Returns all backups as their files say, the newest first. */
    List<BackupInfo> read(BackupFolder folder) {
        List<BackupInfo> all = new ArrayList<>();
        folder.listing().forEach((name, listed) -> {
            if (listed.manifest().isPresent()) {
                read(folder, name, all).ifPresent(all::add);
            }
        });
        return judged(all);
    }

    /**
     * Returns all backups, the newest first, of which those are read that were stored or changed since they were read last. What is decided by
     * it has to look again at the files where it matters that they are good.
     */
    List<BackupInfo> known(BackupFolder folder) {
        String depot = folder.depot().name();
        Known before = byDepot.get(depot);
        if (before == null) {
            BackupIndex stored = folder.index();
            before = new Known(stored, stored);
        }
        List<BackupInfo> unreadable = new ArrayList<>();
        BackupIndex now = before.now().renewed(folder.listing(), name -> read(folder, name, unreadable));
        byDepot.put(depot, new Known(now, before.stored()));
        List<BackupInfo> all = new ArrayList<>(now.backups());
        all.addAll(unreadable);
        return judged(all);
    }

    /** Deletes what backups have left that were never finished, a day later. */
    void sweep(BackupFolder folder) {
        String depot = folder.depot().name();
        Known known = byDepot.get(depot);
        // Without an index, a listing tells what is a backup by one call instead of one for each.
        folder.sweep(known == null ? existing(folder.listing()) : known.now().names());
    }

    private static Set<String> existing(Map<String, ListedBackup> listing) {
        return listing.entrySet().stream()
                .filter(entry -> entry.getValue().manifest().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Stores what was learned of the backups of a depot, so that other programs need not read it. */
    void store(BackupFolder folder) {
        String depot = folder.depot().name();
        Known known = byDepot.get(depot);
        if (known != null && known.now().isAheadOf(known.stored())) {
            try {
                folder.store(known.now());
                byDepot.put(depot, new Known(known.now(), known.now()));
            } catch (DepotException failed) {
                LOG.warn(
                        "The index of the backups in the depot \"{}\" could not be stored; it is done by the next backup",
                        depot,
                        failed);
            }
        }
    }

    private Optional<BackupInfo> read(BackupFolder folder, String name, List<BackupInfo> unreadable) {
        try {
            return Optional.of(StoredBackup.of(folder, name).info());
        } catch (BackupException bad) {
            if (bad.reason() != Reason.MISSING) {
                unreadable.add(unreadable(folder, name));
            }
            return Optional.empty();
        }
    }

    private static List<BackupInfo> judged(List<BackupInfo> all) {
        // Names tell seconds.
        all.sort(Comparator.comparing(BackupInfo::cut).reversed());
        return Chains.judged(all);
    }

    /** Returns what is known of a backup whose manifest cannot be read: that it is there, and no good. */
    private BackupInfo unreadable(BackupFolder folder, String name) {
        return new BackupInfo(
                folder.id(name),
                pool.pool(),
                BackupRun.time(name),
                BackupInfo.Kind.FULL,
                Optional.empty(),
                List.of(),
                0,
                Optional.empty(),
                0,
                Optional.empty(),
                List.of("The manifest cannot be read, so this backup is of no use"));
    }
}
