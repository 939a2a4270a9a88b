/**
 * How threads take turns, for whoever has work that is cheaper done together.
 *
 * <p>Uses no other room.
 */
@NullMarked
package dev.korm.concurrent;

import org.jspecify.annotations.NullMarked;
