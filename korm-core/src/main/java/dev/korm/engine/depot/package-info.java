/**
 * The depots of an open pool, and the order in which the changes of one file happen.
 *
 * <p>Begin with {@link dev.korm.engine.depot.OpenDepots}, and {@link dev.korm.engine.depot.FileLocks} for the order.
 * Uses {@code engine.context}.
 */
@NullMarked
package dev.korm.engine.depot;

import org.jspecify.annotations.NullMarked;
