package dev.korm.kalam.auth;

import java.util.concurrent.CompletionStage;

/** A source of credentials, which is asked before the first request, before each WebSocket and when a token has expired. */
@FunctionalInterface
public interface AuthProvider {
    /** Returns credentials, now or later. Several needs at one time ask once. */
    CompletionStage<Auth> get();
}
