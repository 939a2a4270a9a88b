package dev.korm.kalam.auth;

import java.util.concurrent.CompletionStage;

/** A source of credentials, which is asked before the first request, before each WebSocket and when a token has expired. */
@FunctionalInterface
public interface AuthProvider {
    /**
     * Returns credentials, now or later, and does not wait for them itself. Several needs at one time ask once. An answer that does not come within the time limit of a request
     * ({@link dev.korm.kalam.settings.Timeouts#request()}, 30 s unless said otherwise) is a {@link dev.korm.kalam.error.KalamTimeoutException}, and one that failed a
     * {@link dev.korm.kalam.error.KalamException} with its failure as the cause. A name and password that are those of the answer before are not exchanged for a token again.
     */
    CompletionStage<Auth> get();
}
