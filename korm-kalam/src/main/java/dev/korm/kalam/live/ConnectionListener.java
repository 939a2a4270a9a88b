package dev.korm.kalam.live;

import dev.korm.kalam.error.KalamException;

/** A listener to what happens to a client's WebSocket. Its methods must not block. */
public interface ConnectionListener {
    /** Is called when the WebSocket is authenticated and all subscriptions are there. */
    default void onConnect() {}

    /** Is called once for each connection that is lost or closed. */
    default void onDisconnect(String reason) {}

    /** Is called for errors; those that are recoverable end with the next connection. */
    default void onError(KalamException error, boolean isRecoverable) {}

    /** Is called with each text that arrives, after decompression. */
    default void onReceive(String frame) {}

    /** Is called with each text that is sent; tokens are sent in a header, and never here. */
    default void onSend(String frame) {}
}
