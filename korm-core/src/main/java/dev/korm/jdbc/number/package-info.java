/**
 * Exact numbers where databases have none: decimals, bounds of whole and real numbers, and numbers in JSON, as texts
 * that sort.
 *
 * <p>Begin with {@link dev.korm.jdbc.number.Decimals}. Uses no other room.
 */
@NullMarked
package dev.korm.jdbc.number;

import org.jspecify.annotations.NullMarked;
