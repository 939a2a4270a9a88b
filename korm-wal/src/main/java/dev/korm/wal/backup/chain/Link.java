package dev.korm.wal.backup.chain;

import dev.korm.wal.backup.format.BackupVisitor;
import dev.korm.wal.backup.format.Manifest;

/** A backup of a chain. */
public interface Link {
    Manifest manifest();

    /** Tells what is in this backup alone, and checks each byte on the way. */
    void read(BackupVisitor visitor);
}
