package dev.korm.gateway.kafka;

import dev.korm.StoreException;
import org.jspecify.annotations.Nullable;

/** A broker, a cache or a service behind topics does not answer. Way out: look after it; what a gateway follows goes on by itself when it is back. */
public final class TopicException extends StoreException {
    private static final long serialVersionUID = 1L;

    TopicException(String message, Outcome outcome, @Nullable Throwable cause) {
        super("topics", message, outcome, cause);
    }

    @Override
    public boolean isRetryable() {
        return outcome() == Outcome.NOT_APPLIED;
    }
}
