/**
 * What happens in a pool beyond the answers of its calls, for those who watch it: events and counts.
 *
 * <p>Begin with {@link dev.korm.event.PoolListener}. Uses no other room.
 */
@NullMarked
package dev.korm.event;

import org.jspecify.annotations.NullMarked;
