package dev.korm.wal.backup;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.Verification;
import dev.korm.backup.Verification.Depth;
import dev.korm.file.Progress;
import dev.korm.spi.backup.BackupContext;
import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.Manifest;
import java.util.List;

/** The reading back of a backup. */
final class VerifyRun {
    private final BackupContext pool;
    private final StoredBackup backup;

    VerifyRun(BackupContext pool, StoredBackup backup) {
        this.pool = pool;
        this.backup = backup;
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
                backup.folder().unverified(backup.manifest().name());
            }
            throw bad;
        }
        Verification proof = new Verification(depth, pool.environment().clock().instant());
        boolean fullBefore = backup.folder()
                .verification(backup.manifest().name())
                .filter(before -> before.depth() == Depth.FULL)
                .isPresent();
        if (depth == Depth.FULL || !fullBefore) {
            backup.folder().verified(backup.manifest().name(), proof);
        }
        return proof;
    }

    private void read(Depth depth, Progress progress) {
        if (depth == Depth.QUICK) {
            check(new BackupVisitor() {}, progress);
            return;
        }
        try (ScratchPool scratch = new ScratchPool(pool.environment())) {
            check(scratch, progress);
            compare(scratch.readBack(), "restoring it into an empty database");
        }
    }

    private void check(BackupVisitor next, Progress progress) {
        long rows = backup.manifest().tables().stream()
                .mapToLong(Manifest.Table::rows)
                .sum();
        HashingVisitor hashing = new HashingVisitor(next, progress, rows);
        backup.read(pool.keys(), hashing);
        compare(hashing.tables(), "reading it back");
        if (backup.manifest().files().orElse(hashing.files()) != hashing.files()) {
            throw different("reading it back", "the files");
        }
        progress.at(rows, rows);
    }

    private void compare(List<Manifest.Table> found, String by) {
        List<Manifest.Table> written = backup.manifest().tables();
        for (int i = 0; i < Math.max(found.size(), written.size()); i++) {
            if (i >= found.size() || i >= written.size() || !found.get(i).equals(written.get(i))) {
                String table = i < written.size()
                        ? written.get(i).name()
                        : found.get(i).name();
                throw different(by, table);
            }
        }
    }

    private BackupException different(String by, String what) {
        return new BackupException(
                Reason.DAMAGED,
                "The backup " + backup.id() + " does not hold what it was made of: " + by + " gave other rows of "
                        + what + ". It does not count; take another backup");
    }
}
