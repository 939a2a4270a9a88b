/**
 * The gateway: live queries of a pool for browsers and phones, over WebSockets.
 *
 * <p>Begin with {@link dev.korm.gateway.Gateway}. Uses every other room of the module.
 */
@NullMarked
package dev.korm.gateway;

import org.jspecify.annotations.NullMarked;
