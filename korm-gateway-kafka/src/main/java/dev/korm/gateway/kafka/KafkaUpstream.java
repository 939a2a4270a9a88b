package dev.korm.gateway.kafka;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.gateway.Upstream;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.RowSource;
import java.util.Optional;

/**
 * Lets a gateway answer from topics: calls go to whoever serves them, such as a {@link KafkaService}, and changes come from there or from a stream processor.
 *
 * <pre>{@code
 * Gateway gateway = Gateway.builder(KafkaUpstream.of(KafkaSettings.at("broker:9092")).withCache(CacheSettings.at("redis", 6379)))
 *         .authenticator(…)
 *         .policy(policy)
 *         .start();
 * }</pre>
 *
 * <p>The policy says here which tables there are, what may be done with them and what is hidden; which rows a tenant sees and which fields it sets is decided by whoever serves the
 * calls, with the same policy. A table whose rule depends on the user is refused, since over topics only the tenant is known. Immutable.
 */
public final class KafkaUpstream implements Upstream {
    private final KafkaSettings settings;
    private final Optional<CacheSettings> cache;

    private KafkaUpstream(KafkaSettings settings, Optional<CacheSettings> cache) {
        this.settings = settings;
        this.cache = cache;
    }

    /** Returns an upstream of these topics, without a cache. */
    public static KafkaUpstream of(KafkaSettings settings) {
        return new KafkaUpstream(requireNonNull(settings, "settings"), Optional.empty());
    }

    /** Returns the same with a hot cache. */
    public KafkaUpstream withCache(CacheSettings kept) {
        return new KafkaUpstream(settings, Optional.of(kept));
    }

    /**
     * Connects, and makes the topics that are not there.
     *
     * @throws TopicException when the brokers do not answer; a cache that does not is no reason
     */
    @Override
    @SuppressWarnings("exports") // For the gateway alone.
    public RowSource open(AccessPolicy policy, Limits limits) {
        return new RelaySource(settings, cache, requireNonNull(policy, "policy"));
    }
}
