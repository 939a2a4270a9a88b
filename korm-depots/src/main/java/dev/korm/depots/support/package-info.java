/**
 * Streams and conditions that several depots share.
 *
 * <p>Uses no other room of the depots.
 */
@NullMarked
package dev.korm.depots.support;

import org.jspecify.annotations.NullMarked;
