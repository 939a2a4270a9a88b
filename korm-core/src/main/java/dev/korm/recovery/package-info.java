/**
 * Changes over several stores that were cut off: what recovery found, and errors of the journal.
 *
 * <p>Begin with {@link dev.korm.recovery.Recovery}. Uses no other room.
 */
@NullMarked
package dev.korm.recovery;

import org.jspecify.annotations.NullMarked;
