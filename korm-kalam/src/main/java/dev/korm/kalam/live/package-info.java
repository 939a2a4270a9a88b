/**
 * Subscriptions and live rows over a WebSocket. Begin with {@link dev.korm.kalam.live.Live}.
 *
 * <p>{@code LiveConnection} keeps the one WebSocket of a client: it connects, authenticates, subscribes again after a loss, and hands what arrives to the
 * {@code Feed}s. A {@code Feed} belongs to a {@link dev.korm.kalam.live.Subscription}, whose {@code EventQueue} parts the thread that reads from those that
 * handle. {@link dev.korm.kalam.live.LiveRows} takes events as hints, and asks over HTTP what is so.
 */
@NullMarked
package dev.korm.kalam.live;

import org.jspecify.annotations.NullMarked;
