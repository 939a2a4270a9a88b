/**
 * Backups of pools: the cut through all layers, the writing, the verification, the restore.
 *
 * <p>Begin with {@link dev.korm.wal.backup.Backups}. Uses {@code backup}, {@code file}, {@code spi}, {@code spi.backup}, {@code spi.depot},
 * {@code spi.query}, {@code spi.schema}, {@code wal.backup.format} and {@code wal.backup.index}.
 */
@NullMarked
package dev.korm.wal.backup;

import org.jspecify.annotations.NullMarked;
