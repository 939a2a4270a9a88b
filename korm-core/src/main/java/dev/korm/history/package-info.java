/**
 * The history of items: their versions, reading them as of a moment, undoing a transaction.
 *
 * <p>Begin with {@link dev.korm.history.History}. Uses no other room.
 */
@NullMarked
package dev.korm.history;

import org.jspecify.annotations.NullMarked;
