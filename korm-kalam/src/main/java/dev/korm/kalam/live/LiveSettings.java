package dev.korm.kalam.live;

import dev.korm.kalam.settings.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * The settings of a client's WebSocket.
 *
 * @param reconnect how often a lost connection is made again
 * @param pingInterval how often the server is asked whether it is there; it closes what is silent for 10 s
 * @param isCompressed whether the server may compress
 * @param executor where listeners are called
 */
public record LiveSettings(
        RetryPolicy reconnect, Duration pingInterval, boolean isCompressed, ExecutorService executor) {}
