/**
 * Words of changes that are told as they happen: where a listener is, and that its place is lost.
 *
 * <p>Begin with {@link dev.korm.live.PositionLostException}. Uses no other room.
 */
@NullMarked
package dev.korm.live;

import org.jspecify.annotations.NullMarked;
