/**
 * Subscriptions: one live query for all who ask the same, its rows in memory once, and what each subscriber is told, in order.
 *
 * <p>Begin with {@link dev.korm.gateway.live.Subscriptions}. Uses {@code query} and {@code wire}.
 */
@NullMarked
package dev.korm.gateway.live;

import org.jspecify.annotations.NullMarked;
