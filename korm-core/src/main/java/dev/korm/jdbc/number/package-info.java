/**
 * Exact numbers where databases have none: decimals and bounds of whole and real numbers, as texts that sort.
 *
 * <p>Uses no other room of {@code dev.korm.jdbc}.
 */
@NullMarked
package dev.korm.jdbc.number;

import org.jspecify.annotations.NullMarked;
