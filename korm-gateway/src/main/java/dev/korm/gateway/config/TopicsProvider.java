package dev.korm.gateway.config;

import dev.korm.Pool;
import dev.korm.gateway.Upstream;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.settings.Limits;
import java.time.Duration;
import java.util.Map;

/** Brings topics and a cache to a gateway that a file configures. Found by {@link java.util.ServiceLoader}; the module {@code korm-gateway-kafka} has one. */
public interface TopicsProvider {
    /**
     * Returns what a gateway without a pool answers from.
     *
     * @param kafka the members of {@code "kafka"} in the file
     * @param redis the members of {@code "redis"}; empty where there is none
     * @throws dev.korm.ConfigurationException when one of them is not understood
     */
    Upstream upstream(Map<String, String> kafka, Map<String, String> redis);

    /**
     * Starts answering from a pool over topics.
     *
     * @throws dev.korm.KormException when it is not understood, or the brokers do not answer
     */
    Service serve(Pool pool, AccessPolicy policy, Limits limits, Map<String, String> kafka);

    /** A service that runs. */
    interface Service extends AutoCloseable {
        /** Returns whether the brokers answer within this time. */
        boolean isReady(Duration limit);

        /** Ends it. Twice is fine. */
        @Override
        void close();
    }
}
