/**
 * Live queries of pools over a layer: a listener that holds what it is told, and the contracts. Subclass them for each layer that tells of changes.
 *
 * <p>Begin with {@link dev.korm.testkit.live.HeldItems}. Uses {@code testkit} and {@code testkit.memory}.
 */
@NullMarked
package dev.korm.testkit.live;

import org.jspecify.annotations.NullMarked;
