/**
 * Questions that a layer answers: selections, conditions, operands, and the tables and columns they name.
 *
 * <p>Values without behaviour of a store. Uses {@code dev.korm} alone.
 */
@NullMarked
package dev.korm.spi.query;

import org.jspecify.annotations.NullMarked;
