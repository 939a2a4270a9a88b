/**
 * Turns that threads take, for work that is cheaper done together.
 *
 * <p>Begin with {@link dev.korm.concurrent.CombiningQueue}. Uses no other room.
 */
@NullMarked
package dev.korm.concurrent;

import org.jspecify.annotations.NullMarked;
