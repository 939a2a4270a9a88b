package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.spi.backup.BackupContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The deletion of backups that nobody wants any more. Each ceases to exist before its bytes go; where the program ends in between, the bytes
 * are swept by a later backup.
 */
final class PruneRun {
    private static final Duration SAFETY = Duration.ofDays(7);

    private final BackupFolder folder;
    private final List<BackupInfo> backups;
    private final Instant now;

    /** @param backups all there are, the newest first */
    PruneRun(BackupContext pool, BackupFolder folder, List<BackupInfo> backups) {
        this.folder = folder;
        this.backups = backups;
        this.now = pool.environment().clock().instant();
    }

    List<BackupId> prune(UnaryOperator<Set<Instant>> rule) {
        Set<Instant> moments = new TreeSet<>();
        backups.stream().filter(PruneRun::isCounted).map(BackupInfo::cut).forEach(moments::add);
        Set<Instant> kept = rule.apply(moments);
        Set<BackupId> needed = needed();
        for (BackupInfo backup : backups) {
            boolean stays = isCounted(backup)
                    ? kept.contains(backup.cut())
                    : !BackupRun.time(backup.id().name()).plus(SAFETY).isBefore(now);
            if (stays) {
                needed.add(backup.id());
            }
        }
        // An increment is of no use without what it adds to.
        Chains chains = new Chains(backups);
        Set<BackupId> stay = new HashSet<>();
        needed.forEach(backup -> chains.links(backup).forEach(link -> stay.add(link.id())));
        List<BackupId> going = backups.stream()
                .map(BackupInfo::id)
                .filter(id -> !stay.contains(id))
                .sorted(Comparator.comparing((BackupId id) -> chains.links(id).size())
                        .reversed())
                .toList();
        Set<String> existing =
                backups.stream().map(backup -> backup.id().name()).collect(Collectors.toSet());
        List<BackupId> deleted = new ArrayList<>();
        for (BackupId id : going) {
            // Increments go before what they add to, so that none is left without; one may be made at this moment.
            if (folder.bases(existing).stream().noneMatch(base -> isNeededBy(chains, base, id))) {
                folder.delete(id.name());
                deleted.add(id);
            }
        }
        return deleted;
    }

    private boolean isNeededBy(Chains chains, String base, BackupId id) {
        return BackupId.isName(base)
                && chains.links(folder.id(base)).stream()
                        .anyMatch(link -> link.id().equals(id));
    }

    /** Returns whether a backup was asked for, and so counts where some are to be kept. */
    static boolean isCounted(BackupInfo backup) {
        return backup.kind() == BackupInfo.Kind.FULL || backup.kind() == BackupInfo.Kind.INCREMENT;
    }

    /** Returns whether a backup is verified with all that it adds to, by their files: what is known may be older. */
    private boolean isGood(BackupId backup) {
        try {
            return StoredBackup.of(folder, backup.name()).chain().stream()
                    .allMatch(link -> link.verification().isPresent());
        } catch (BackupException bad) {
            return false;
        }
    }

    /** Returns those that stay in any case. */
    private Set<BackupId> needed() {
        Set<BackupId> needed = new HashSet<>();
        backups.stream()
                .filter(backup -> isCounted(backup) && backup.verified().isPresent())
                .map(BackupInfo::id)
                .filter(this::isGood)
                .findFirst()
                .ifPresent(needed::add);
        RestoreState.read(folder).ifPresent(restore -> {
            needed.add(restore.told().backup());
            needed.add(restore.told().safety());
        });
        return needed;
    }
}
