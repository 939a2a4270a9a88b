package dev.korm.kalam.consumer;

import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The polls and acknowledgements of a consumer, with its own time limit and attempts. An acknowledgement may be repeated like a poll: it holds for all messages
 * before, so a second one changes nothing.
 *
 * @param topics where they are sent
 * @param timeout of each request; null for the client's
 * @param retry how often a request is tried whose failure may pass; null for polls once, and acknowledgements as the client's reads
 * @param visibilityTimeout how long the server keeps what it has handed out from others
 */
record TopicRequests(
        Topics topics, @Nullable Duration timeout, @Nullable RetryPolicy retry, Duration visibilityTimeout) {
    static TopicRequests of(Topics topics) {
        return new TopicRequests(topics, null, null, Duration.ofSeconds(60));
    }

    TopicRequests withTimeout(Duration limit) {
        return new TopicRequests(topics, Timeouts.check(limit), retry, visibilityTimeout);
    }

    TopicRequests withRetry(RetryPolicy policy) {
        return new TopicRequests(topics, timeout, policy, visibilityTimeout);
    }

    TopicRequests withVisibilityTimeout(Duration time) {
        return new TopicRequests(topics, timeout, retry, Timeouts.check(time));
    }

    /**
     * Polls. Where messages before may be claimed, by a poll whose answer was lost or by a consumer that has died, waits until all claims are over, and returns
     * none.
     */
    ConsumeBatch consume(Loop loop) {
        if (!loop.isPlaced()) {
            loop.place(repeated(loop, () -> topics.unacknowledged(loop.next())));
        }
        ConsumeBatch batch = repeated(loop, () -> polled(loop));
        if (!loop.isGapBefore(batch)) {
            loop.took(batch);
            return batch;
        }
        loop.pause(visibilityTimeout.plus(visibilityTimeout.dividedBy(20)));
        loop.claimsAreOver();
        return new ConsumeBatch(List.of(), true);
    }

    private ConsumeBatch polled(Loop loop) {
        try {
            return topics.consume(loop.next(), timeout);
        } catch (KalamException e) {
            if (isLost(e)) {
                loop.lost();
            }
            throw e;
        }
    }

    void ack(TopicMessage message, Loop loop) {
        repeated(loop, () -> {
            topics.ack(message.topic(), message.group(), message.partition(), message.offset(), timeout);
            return message;
        });
    }

    /** Tells whether the server may have handed out messages: not where it refused by itself, but where a gateway before it did. */
    private static boolean isLost(KalamException failure) {
        return failure instanceof KalamHttpException refusal
                ? refusal.status() == 502 || refusal.status() == 504
                : failure.mayHaveHappened();
    }

    private <T> T repeated(Loop loop, Supplier<T> request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return request.get();
            } catch (KalamException e) {
                if (retry == null || !isPassing(e) || !retry.allowsAfter(attempt) || loop.isStopped()) {
                    throw e;
                }
                loop.pause(retry.waitAfter(attempt));
                if (loop.isStopped()) {
                    throw e;
                }
            }
        }
    }

    /** Tells whether a request that failed so may succeed later: the server was away, overloaded or broke off. */
    static boolean isPassing(KalamException failure) {
        if (failure instanceof KalamAuthException) {
            return false;
        }
        return failure instanceof KalamConnectionException
                || failure instanceof KalamProtocolException
                || (failure instanceof KalamHttpException refusal
                        && (refusal.status() >= 500 || refusal.status() == 429));
    }
}
