/**
 * The form of a backup: chunks of compressed lines in parts, and the manifest that says what they are. Described for readers in
 * {@code docs/backup-format.md}.
 *
 * <p>Begin with {@link dev.korm.wal.backup.format.Manifest}. Uses {@code backup}, {@code file}, {@code spi}, {@code spi.depot},
 * {@code spi.query} and {@code spi.schema}.
 */
@NullMarked
package dev.korm.wal.backup.format;

import org.jspecify.annotations.NullMarked;
