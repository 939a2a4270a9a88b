/**
 * Files that items name: references to them, their bytes, what becomes of them when nothing names them, and the sweep.
 *
 * <p>Uses {@code dev.korm} and {@code dev.korm.spi.depot}.
 */
@NullMarked
package dev.korm.file;

import org.jspecify.annotations.NullMarked;
