/**
 * Live queries as users see them, and where a listener of changes is.
 *
 * <p>Begin with {@link dev.korm.live.LiveEvent}. Uses no other room but that of the items.
 */
@NullMarked
package dev.korm.live;

import org.jspecify.annotations.NullMarked;
