/**
 * Keys of a pool: where they come from, what is sealed with each, and their rotation.
 *
 * <p>Begin with {@link dev.korm.key.KeyRing}. Uses {@code argument}, {@code crypto.primitive} and {@code spi}.
 */
@NullMarked
package dev.korm.key;

import org.jspecify.annotations.NullMarked;
