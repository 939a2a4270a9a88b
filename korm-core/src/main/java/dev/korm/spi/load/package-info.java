/**
 * Many rows at once, as layers take them that have a faster way than batches.
 *
 * <p>Begin with {@link dev.korm.spi.load.RowLoad}. Uses no other room.
 */
@NullMarked
package dev.korm.spi.load;

import org.jspecify.annotations.NullMarked;
