/**
 * Streams, conditions and locks that several depots share. Not for users.
 *
 * <p>Begin with {@link dev.korm.depots.support.OpenStreams}. Uses no other room.
 */
@NullMarked
package dev.korm.depots.support;

import org.jspecify.annotations.NullMarked;
