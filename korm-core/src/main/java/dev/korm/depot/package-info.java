/**
 * Errors of the stores that keep files, by what the caller can do about them.
 *
 * <p>Begin with {@link dev.korm.depot.DepotException}, the root of them. Uses no other room.
 */
@NullMarked
package dev.korm.depot;

import org.jspecify.annotations.NullMarked;
