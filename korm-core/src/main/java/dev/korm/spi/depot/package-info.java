/**
 * Stores of files as a pool sees them, and helpers for those who write one.
 *
 * <p>Begin with {@link dev.korm.spi.depot.Depot}. Every depot has to pass {@code DepotContract} of korm-testkit. Uses
 * {@code argument}, {@code depot}, {@code spi} and {@code spi.environment}.
 */
@NullMarked
package dev.korm.spi.depot;

import org.jspecify.annotations.NullMarked;
