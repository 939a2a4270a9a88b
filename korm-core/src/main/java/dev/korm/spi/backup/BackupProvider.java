package dev.korm.spi.backup;

import dev.korm.backup.PoolBackups;

/** A maker of backups, found by {@link java.util.ServiceLoader}. */
public interface BackupProvider {
    /** Returns the backups of a pool. Called at first need; nothing is opened. */
    PoolBackups of(BackupContext pool);
}
