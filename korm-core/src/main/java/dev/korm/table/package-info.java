/**
 * Tables that korm did not make: what a record says of the one that its items are rows of.
 *
 * <p>Begin with {@link dev.korm.table.Table}. Uses no other room.
 */
@NullMarked
package dev.korm.table;

import org.jspecify.annotations.NullMarked;
