/**
 * Keys of a pool: where they come from, what is sealed with each, and their rotation.
 *
 * <p>Uses {@code dev.korm}, {@code dev.korm.spi} and the primitives of {@code dev.korm.crypto.primitive}.
 */
@NullMarked
package dev.korm.key;

import org.jspecify.annotations.NullMarked;
