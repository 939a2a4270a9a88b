package dev.korm.wal.backup.index;

import dev.korm.spi.depot.FileEntry;
import java.time.Instant;
import java.util.Optional;

/**
 * A folder of one backup as a listing shows it.
 *
 * @param manifest the file without which there is no backup
 * @param note the file that says that it was read back
 */
public record ListedBackup(Optional<Stamp> manifest, Optional<Stamp> note) {
    /** A folder in which neither was seen. */
    public static final ListedBackup EMPTY = new ListedBackup(Optional.empty(), Optional.empty());

    /** By which a file is known to be the one that was read before, without reading it. */
    public record Stamp(long size, Instant modified) {
        static Stamp of(FileEntry entry) {
            return new Stamp(entry.size(), entry.modified());
        }
    }

    public ListedBackup withManifest(FileEntry entry) {
        return new ListedBackup(Optional.of(Stamp.of(entry)), note);
    }

    public ListedBackup withNote(FileEntry entry) {
        return new ListedBackup(manifest, Optional.of(Stamp.of(entry)));
    }
}
