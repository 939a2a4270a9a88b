package dev.korm.gateway;

/**
 * Counts of a gateway: what there is now, and what has happened since it was started. None tells who.
 *
 * @param connections how many clients are connected
 * @param slowConnections how many of them take frames more slowly than they come
 * @param subscriptions how many subscriptions they have
 * @param liveQueries how many different queries these are
 * @param queuedFrames how many frames wait for clients
 * @param queuedBytes how many characters these have
 * @param received how many messages of clients have come
 * @param limited how many of those were not answered, since the client sent too many
 * @param sent how many frames were given to connections
 * @param overflows how often the frames of a client were dropped, so that it began anew
 */
public record GatewayMetrics(
        long connections,
        long slowConnections,
        long subscriptions,
        long liveQueries,
        long queuedFrames,
        long queuedBytes,
        long received,
        long limited,
        long sent,
        long overflows) {}
