/**
 * Chains of backups, a full one and its increments, read as the one state that they hold together; and that state in a form in which the next
 * increment is found.
 *
 * <p>Begin with {@link dev.korm.wal.backup.chain.ChainReader}. Uses {@code spi.query}, {@code spi.schema} and {@code wal.backup.format}.
 */
@NullMarked
package dev.korm.wal.backup.chain;

import org.jspecify.annotations.NullMarked;
