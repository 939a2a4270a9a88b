/**
 * What can be plugged in: stores of rows ({@link dev.korm.spi.Layer}) and the surroundings a pool runs in
 * ({@link dev.korm.spi.Environment}).
 *
 * <p>Nothing here knows SQL, Java records or clear secrets: a layer is handed names of tables, plain column values and
 * trees of conditions, and answers with rows. Every implementation has to pass {@code LayerContract} of korm-testkit.
 */
@NullMarked
package dev.korm.spi;

import org.jspecify.annotations.NullMarked;
