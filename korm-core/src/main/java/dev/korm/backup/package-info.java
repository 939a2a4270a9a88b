/**
 * Backups of a whole pool: making, verifying and restoring them, and when that is done by itself. What does the work is the module
 * {@code korm-wal}.
 *
 * <p>Begin with {@link dev.korm.backup.PoolBackups}. Uses {@code argument} and {@code file}.
 */
@NullMarked
package dev.korm.backup;

import org.jspecify.annotations.NullMarked;
