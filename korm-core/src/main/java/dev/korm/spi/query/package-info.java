/**
 * Questions that a layer answers: selections, conditions, operands, and the tables and columns they name. Values without
 * behaviour of a store.
 *
 * <p>Begin with {@link dev.korm.spi.query.Selection}. Uses {@code argument}.
 */
@NullMarked
package dev.korm.spi.query;

import org.jspecify.annotations.NullMarked;
