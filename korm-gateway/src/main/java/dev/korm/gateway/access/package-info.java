/**
 * The access of clients: who they are, and which rows of which collections they may see and change. Nothing is allowed that is not said.
 *
 * <p>Begin with {@link dev.korm.gateway.access.Authenticator} and {@link dev.korm.gateway.access.AccessPolicy}. Uses no other room.
 */
@NullMarked
package dev.korm.gateway.access;

import org.jspecify.annotations.NullMarked;
