/**
 * Stores of files as a pool sees them, and helpers for those who write one.
 *
 * <p>Uses {@code dev.korm.spi} and the errors of {@code dev.korm.depot}.
 */
@NullMarked
package dev.korm.spi.depot;

import org.jspecify.annotations.NullMarked;
