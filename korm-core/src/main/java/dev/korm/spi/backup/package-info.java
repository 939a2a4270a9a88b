/**
 * What makes backups, as a module of its own brings it, and what it may use of a pool.
 *
 * <p>Begin with {@link dev.korm.spi.backup.BackupProvider}. Uses {@code backup}, {@code key}, {@code spi},
 * {@code spi.depot}, {@code spi.environment}, {@code spi.query} and {@code spi.schema}.
 */
@NullMarked
package dev.korm.spi.backup;

import org.jspecify.annotations.NullMarked;
