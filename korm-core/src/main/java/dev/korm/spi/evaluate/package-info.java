/**
 * Evaluates {@linkplain dev.korm.spi.query.Condition conditions}, {@linkplain dev.korm.spi.query.Operand operands} and whole
 * {@linkplain dev.korm.spi.query.Selection selections} over rows in memory, exactly as their Javadoc says.
 *
 * <p>For what a layer cannot do by itself, for layers that keep their rows in memory, and for tests that compare a store's
 * answer with what it has to be.
 */
@NullMarked
package dev.korm.spi.evaluate;

import org.jspecify.annotations.NullMarked;
