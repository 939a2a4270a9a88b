/**
 * The index of a folder of backups: what their manifests and notes say, kept in one file, so that retention over hundreds of backups reads the new ones alone. Begin with {@link dev.korm.wal.backup.index.BackupIndex}. Uses
 * {@link dev.korm.wal.backup.format} for JSON.
 */
@NullMarked
package dev.korm.wal.backup.index;

import org.jspecify.annotations.NullMarked;
