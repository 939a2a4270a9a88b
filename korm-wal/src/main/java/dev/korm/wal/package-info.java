/**
 * The journal in files.
 *
 * <p>Uses {@code dev.korm.spi.journal} and {@code dev.korm.concurrent}.
 */
@NullMarked
package dev.korm.wal;

import org.jspecify.annotations.NullMarked;
