/**
 * Backups that korm 1.5.0 for TypeScript made: one file of lines of JSON for each layer.
 *
 * <p>Begin with {@link dev.korm.wal.backup.original.OriginalFile}. Uses {@code backup}, {@code spi.query}, {@code spi.schema} and
 * {@code wal.backup.format}.
 */
@NullMarked
package dev.korm.wal.backup.original;

import org.jspecify.annotations.NullMarked;
