/**
 * The configuration of a gateway in a file: where its pool is, who its clients are, and what they may do.
 *
 * <p>Begin with {@link dev.korm.gateway.config.GatewayConfig}. Uses {@code access}, {@code query}, {@code settings}, {@code wire} and the gateway itself.
 */
@NullMarked
package dev.korm.gateway.config;

import org.jspecify.annotations.NullMarked;
