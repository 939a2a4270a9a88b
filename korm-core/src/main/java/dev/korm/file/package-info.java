/**
 * Files that items name: references to them, their bytes, what becomes of them when nothing names them, and the sweep.
 *
 * <p>Begin with {@link dev.korm.file.FileRef}. Uses {@code argument}, {@code depot}, {@code history} and {@code spi.depot}.
 */
@NullMarked
package dev.korm.file;

import org.jspecify.annotations.NullMarked;
