/**
 * Deletions that keep the row: what a record declares, the change that restores an item, the purge.
 *
 * <p>Begin with {@link dev.korm.deletion.SoftDelete}. Uses no other room.
 */
@NullMarked
package dev.korm.deletion;

import org.jspecify.annotations.NullMarked;
