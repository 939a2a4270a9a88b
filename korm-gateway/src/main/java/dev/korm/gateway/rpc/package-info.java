/**
 * Calls of clients: rows read, added, changed, deleted and aggregated, each within what the policy allows.
 *
 * <p>Begin with {@link dev.korm.gateway.rpc.Calls}. Uses {@code access}, {@code query}, {@code settings} and {@code wire}.
 */
@NullMarked
package dev.korm.gateway.rpc;

import org.jspecify.annotations.NullMarked;
