/**
 * Words of the protocol that every room speaks: JSON, and the refusal of a request with its code.
 *
 * <p>Begin with {@link dev.korm.gateway.wire.RefusedException}. Uses no other room.
 */
@NullMarked
package dev.korm.gateway.wire;

import org.jspecify.annotations.NullMarked;
