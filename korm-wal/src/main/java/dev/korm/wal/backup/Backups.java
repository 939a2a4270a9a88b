package dev.korm.wal.backup;

import dev.korm.backup.PoolBackups;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.backup.BackupProvider;

/** The maker of backups that a pool finds. */
public final class Backups implements BackupProvider {
    /** Called by {@link java.util.ServiceLoader}. */
    public Backups() {}

    @Override
    public PoolBackups of(BackupContext pool) {
        return new DepotBackups(pool);
    }
}
