/**
 * Stores of rows that can be plugged in. Nothing here knows SQL, Java records or clear secrets: a layer is handed names
 * of tables, plain column values and trees of conditions, and answers with rows.
 *
 * <p>Begin with {@link dev.korm.spi.Layer}. Every layer has to pass {@code LayerContract} of korm-testkit. Uses
 * {@code argument}, {@code spi.environment}, {@code spi.load}, {@code spi.query} and {@code spi.schema}.
 */
@NullMarked
package dev.korm.spi;

import org.jspecify.annotations.NullMarked;
