/**
 * Stores that are opened as a pool's metadata says.
 *
 * <p>Begin with {@link dev.korm.spi.discover.StoreFactory}. Uses {@code key}, {@code spi}, {@code spi.depot} and
 * {@code spi.journal}.
 */
@NullMarked
package dev.korm.spi.discover;

import org.jspecify.annotations.NullMarked;
