/**
 * The depots of an open pool, and the order in which the changes of one file happen.
 *
 * <p>Uses {@code engine.context}.
 */
@NullMarked
package dev.korm.engine.depot;

import org.jspecify.annotations.NullMarked;
