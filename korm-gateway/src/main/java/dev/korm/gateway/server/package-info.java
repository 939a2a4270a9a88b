/**
 * The server: connections, their frames in and out, their limits.
 *
 * <p>Begin with {@link dev.korm.gateway.server.WebServer}, then {@code Connection}, which says what each frame does. Uses {@code access}, {@code live}, {@code query}, {@code rpc},
 * {@code settings}, {@code source} and {@code wire}.
 */
@NullMarked
package dev.korm.gateway.server;

import org.jspecify.annotations.NullMarked;
