package dev.korm.gateway;

import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.RowSource;

/** A source that a gateway without a pool of its own answers from, such as topics of Kafka. Made by other modules of korm, for {@link Gateway#builder(Upstream)}. */
@FunctionalInterface
public interface Upstream {
    /**
     * Opens it for one gateway, which closes it.
     *
     * @throws dev.korm.KormException when it cannot be reached
     */
    @SuppressWarnings("exports") // For modules of korm alone.
    RowSource open(AccessPolicy policy, Limits limits);
}
