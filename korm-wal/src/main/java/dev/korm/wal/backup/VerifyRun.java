package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.Verification;
import dev.korm.backup.Verification.Depth;
import dev.korm.file.Progress;
import dev.korm.spi.backup.BackupContext;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.HashingVisitor;
import dev.korm.wal.backup.format.Manifest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reading back of a backup. */
final class VerifyRun {
    private final BackupContext pool;
    private final StoredBackup backup;
    private final @Nullable ReadBack early;

    VerifyRun(BackupContext pool, StoredBackup backup) {
        this(pool, backup, null);
    }

    /** @param early what was read back while the backup was written; null where nothing was */
    VerifyRun(BackupContext pool, StoredBackup backup, @Nullable ReadBack early) {
        this.pool = pool;
        this.backup = backup;
        this.early = early;
    }

    /**
     * Reads the backup back and notes beside it that it is good; where it is not, that it is not.
     *
     * @throws BackupException when it is not as it was written
     */
    Verification verify(Depth depth, Progress progress) {
        try {
            read(depth, progress);
        } catch (BackupException bad) {
            if (bad.reason() == Reason.DAMAGED) {
                unverified();
            }
            throw bad;
        }
        Verification proof = new Verification(depth, pool.environment().clock().instant());
        boolean fullBefore = backup.verification()
                .filter(before -> before.depth() == Depth.FULL)
                .isPresent();
        if (depth == Depth.FULL || !fullBefore) {
            backup.folder().verified(backup.asBase(), proof);
        }
        return proof;
    }

    /**
     * Reads the backup, tells a visitor what it holds, and compares it with what it was made of.
     *
     * @throws BackupException when it is not as it was written
     */
    void read(BackupVisitor visitor) {
        try {
            check(visitor, Progress.NONE);
        } catch (BackupException bad) {
            if (bad.reason() == Reason.DAMAGED) {
                unverified();
            }
            throw bad;
        }
    }

    /**
     * Requires the backup to be as it was written: where it was read back before, by its bytes alone.
     *
     * @throws BackupException when it is not
     */
    void require() {
        if (!backup.wasReadBack()) {
            verify(Depth.QUICK, Progress.NONE);
            return;
        }
        try {
            backup.requireBytes();
        } catch (BackupException bad) {
            if (bad.reason() == Reason.DAMAGED) {
                unverified();
            }
            throw bad;
        }
    }

    private void unverified() {
        backup.folder().unverified(backup.manifest().name());
    }

    private void read(Depth depth, Progress progress) {
        if (depth == Depth.QUICK) {
            check(null, progress);
            return;
        }
        try (ScratchPool scratch = new ScratchPool(pool.environment())) {
            check(scratch, progress);
            compare(scratch.readBack(), "restoring it into an empty database");
        }
    }

    private void check(@Nullable BackupVisitor next, Progress progress) {
        long rows = backup.manifest().tables().stream()
                .mapToLong(Manifest.Table::rows)
                .sum();
        HashingVisitor hashing = next == null && early != null
                ? early.end(backup).orElseGet(() -> read(next, progress, rows))
                : read(next, progress, rows);
        compare(hashing.tables(), "reading it back");
        if (backup.manifest().files().orElse(hashing.files()) != hashing.files()) {
            throw different("reading it back", "the files");
        }
        progress.at(rows, rows);
    }

    private HashingVisitor read(@Nullable BackupVisitor next, Progress progress, long rows) {
        HashingVisitor hashing = new HashingVisitor(next, progress, rows);
        if (next == null) {
            backup.hash(pool, hashing);
        } else {
            backup.read(pool, hashing);
        }
        return hashing;
    }

    private void compare(List<Manifest.Table> found, String by) {
        List<Manifest.Table> written = backup.manifest().tables();
        // A chain tells its tables in the order of its full backup.
        Set<Manifest.Table> different = new LinkedHashSet<>(written);
        for (Manifest.Table table : found) {
            if (!different.remove(table)) {
                throw different(by, table.name());
            }
        }
        if (!different.isEmpty()) {
            throw different(by, different.iterator().next().name());
        }
    }

    private BackupException different(String by, String what) {
        return new BackupException(
                Reason.DAMAGED,
                "The backup " + backup.id() + " does not hold what it was made of: " + by + " gave other rows of "
                        + what + ". It does not count; take another backup");
    }
}
