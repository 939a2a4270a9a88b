package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.ChainLimit;
import dev.korm.file.Progress;
import dev.korm.spi.backup.BackupContext;
import dev.korm.wal.backup.chain.PriorState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The making of an increment. It is compared with the last backup that was verified, which is read back for that: so nothing is ever added to a backup that is not good. Whatever is in the way of an increment makes it a full
 * backup. For one thread.
 *
 * <p>Another program may prune meanwhile. The increment names its base in its folder before anything else is stored, which keeps the base; and in the end the whole chain is read.
 */
final class IncrementRun {
    private final BackupContext pool;
    private final BackupFolder folder;
    private final BackupOptions options;
    private final ChainLimit limit;

    IncrementRun(BackupContext pool, BackupFolder folder, BackupOptions options, ChainLimit limit) {
        this.pool = pool;
        this.folder = folder;
        this.options = options;
        this.limit = limit;
    }

    /**
     * Makes and verifies it.
     *
     * @param backups those that there are, the newest first
     */
    StoredBackup make(List<BackupInfo> backups) {
        Optional<BackupInfo> last = backups.stream()
                .filter(backup ->
                        PruneRun.isCounted(backup) && backup.verified().isPresent())
                .findFirst();
        if (last.isEmpty()) {
            return full(new BackupRun(pool, folder, BackupInfo.Kind.FULL, options));
        }
        try {
            StoredBackup base = StoredBackup.of(folder, last.get().id().name());
            List<StoredBackup> chain = base.chain();
            if (chain.size() >= limit.backups() || age(chain).compareTo(limit.age()) > 0) {
                return full(new BackupRun(pool, folder, BackupInfo.Kind.FULL, options));
            }
            return increment(base);
        } catch (BackupException broken) {
            if (broken.reason() == Reason.FAILED) {
                throw broken;
            }
            return full(new BackupRun(pool, folder, BackupInfo.Kind.FULL, options)
                    .noting("It is a full backup, since " + last.get().id().name() + " could not be added to"));
        }
    }

    private Duration age(List<StoredBackup> chain) {
        Instant full = chain.get(chain.size() - 1).manifest().cut();
        return Duration.between(full, pool.environment().clock().instant());
    }

    private StoredBackup full(BackupRun run) {
        return run.make(options.depth());
    }

    private StoredBackup increment(StoredBackup base) {
        StoredBackup made;
        try (PriorState state = new PriorState()) {
            new VerifyRun(pool, base).read(state);
            made = new BackupRun(pool, folder, BackupInfo.Kind.INCREMENT, options)
                    .addingTo(base, state)
                    .write();
        }
        try {
            new VerifyRun(pool, made).verify(options.depth(), Progress.NONE);
        } catch (BackupException bad) {
            if (bad.reason() == Reason.MISSING) {
                // Its base was deleted meanwhile, so it is of no use.
                folder.delete(made.manifest().name());
            }
            throw bad;
        }
        return made;
    }
}
