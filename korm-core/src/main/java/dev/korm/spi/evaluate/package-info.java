/**
 * Evaluation of {@linkplain dev.korm.spi.query.Condition conditions}, {@linkplain dev.korm.spi.query.Operand operands}
 * and whole {@linkplain dev.korm.spi.query.Selection selections} over rows in memory, exactly as their Javadoc says: for
 * what a layer cannot do by itself, for layers that keep their rows in memory, and for tests that compare a store's
 * answer with what it has to be.
 *
 * <p>Begin with {@link dev.korm.spi.evaluate.Evaluator}. Uses {@code spi} and {@code spi.query}.
 */
@NullMarked
package dev.korm.spi.evaluate;

import org.jspecify.annotations.NullMarked;
