package dev.korm.wal.backup;

import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backups of a folder by what they add to. Immutable. */
final class Chains {
    private final Map<BackupId, BackupInfo> backups = new HashMap<>();

    Chains(List<BackupInfo> all) {
        all.forEach(backup -> backups.put(backup.id(), backup));
    }

    /** Returns a backup and those that it needs, as far as they are there, the full one last. */
    List<BackupInfo> links(BackupId backup) {
        List<BackupInfo> links = new ArrayList<>();
        Optional<BackupInfo> next = find(backup);
        while (next.isPresent() && !links.contains(next.get())) {
            links.add(next.get());
            next = next.get().base().flatMap(this::find);
        }
        return links;
    }

    private Optional<BackupInfo> find(BackupId backup) {
        return Optional.ofNullable(backups.get(backup));
    }

    /** Returns what a backup lacks. */
    private Optional<BackupId> missing(BackupInfo backup) {
        List<BackupInfo> links = links(backup.id());
        return links.get(links.size() - 1).base().filter(base -> find(base).isEmpty());
    }

    /** Returns the backups as their chains are: one that needs another counts only where that does. */
    static List<BackupInfo> judged(List<BackupInfo> all) {
        Chains chains = new Chains(all);
        List<BackupInfo> judged = new ArrayList<>();
        for (BackupInfo backup : all) {
            Optional<BackupId> missing = chains.missing(backup);
            boolean good = missing.isEmpty()
                    && chains.links(backup.id()).stream()
                            .allMatch(link -> link.verified().isPresent());
            judged.add(backup.base().isEmpty() ? backup : with(backup, good, missing));
        }
        return judged;
    }

    private static BackupInfo with(BackupInfo backup, boolean good, Optional<BackupId> missing) {
        List<String> notes = new ArrayList<>(backup.notes());
        missing.ifPresent(
                lacking -> notes.add("It needs " + lacking.name() + ", which is not there, so it is of no use"));
        return new BackupInfo(
                backup.id(),
                backup.pool(),
                backup.cut(),
                backup.kind(),
                backup.base(),
                backup.layers(),
                backup.items(),
                backup.files(),
                backup.bytes(),
                good ? backup.verified() : Optional.empty(),
                notes);
    }
}
