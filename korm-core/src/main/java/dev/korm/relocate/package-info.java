/**
 * Moving and copying collections between the layers of a pool.
 *
 * <p>Begin with {@link dev.korm.relocate.Relocations}. Uses no other room.
 */
@NullMarked
package dev.korm.relocate;

import org.jspecify.annotations.NullMarked;
