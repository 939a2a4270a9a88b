package dev.korm.gateway.settings;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.time.Duration;

/**
 * Bounds of a gateway, so that no client and no number of clients takes more than its share. What is beyond one is refused with an error that says so.
 *
 * <pre>{@code
 * Limits limits = Limits.DEFAULT.withSubscriptions(20).withQueuedFrames(200);
 * }</pre>
 *
 * @param connections how many clients are connected at once; one more is refused with 503
 * @param messageBytes how long a message of a client is; a longer one ends its connection with 1009
 * @param queuedFrames how many frames wait for a client that does not take them
 * @param queuedBytes how many bytes wait for such a client, besides the frame that is on its way
 * @param snapshotBytes how large the rows of one answer are; more is refused
 * @param rows how many rows one answer has, whatever a query says
 * @param subscriptions how many subscriptions a connection has
 * @param requestsPerSecond how many messages of a client are answered in a second, over time
 * @param requestBurst how many messages of a client are answered at once after a time of silence
 * @param pendingRequests how many requests of a client wait for their turn
 * @param workers how many requests of all clients are worked on at once
 * @param presence up to how many connections of a tenant are told of those that come and go
 * @param requestTime how long a request may take
 * @param ping how often a client is pinged
 * @param idle how long a client may be silent, and how long it may leave a frame untaken
 */
public record Limits(
        int connections,
        int messageBytes,
        int queuedFrames,
        int queuedBytes,
        int snapshotBytes,
        int rows,
        int subscriptions,
        int requestsPerSecond,
        int requestBurst,
        int pendingRequests,
        int workers,
        int presence,
        Duration requestTime,
        Duration ping,
        Duration idle) {
    /** The limits that a gateway has where nothing else is said. */
    public static final Limits DEFAULT = new Limits(
            10_000,
            1 << 20,
            1_000,
            1 << 20,
            16 << 20,
            5_000,
            200,
            100,
            300,
            64,
            16,
            500,
            Duration.ofSeconds(10),
            Duration.ofSeconds(25),
            Duration.ofSeconds(60));

    /** @throws ConfigurationException when one of them is not greater than 0 */
    public Limits {
        positive(connections, "connections");
        positive(messageBytes, "messageBytes");
        positive(queuedFrames, "queuedFrames");
        positive(queuedBytes, "queuedBytes");
        positive(snapshotBytes, "snapshotBytes");
        positive(rows, "rows");
        positive(subscriptions, "subscriptions");
        positive(requestsPerSecond, "requestsPerSecond");
        positive(requestBurst, "requestBurst");
        positive(pendingRequests, "pendingRequests");
        positive(workers, "workers");
        positive(presence, "presence");
        positive(requestTime, "requestTime");
        positive(ping, "ping");
        positive(idle, "idle");
    }

    /** Returns the same with another {@code connections}. */
    public Limits withConnections(int value) {
        return new Limits(
                value,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code messageBytes}. */
    public Limits withMessageBytes(int value) {
        return new Limits(
                connections,
                value,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code queuedFrames}. */
    public Limits withQueuedFrames(int value) {
        return new Limits(
                connections,
                messageBytes,
                value,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code queuedBytes}. */
    public Limits withQueuedBytes(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                value,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code snapshotBytes}. */
    public Limits withSnapshotBytes(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                value,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code rows}. */
    public Limits withRows(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                value,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code subscriptions}. */
    public Limits withSubscriptions(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                value,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code requestsPerSecond}. */
    public Limits withRequestsPerSecond(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                value,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code requestBurst}. */
    public Limits withRequestBurst(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                value,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code pendingRequests}. */
    public Limits withPendingRequests(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                value,
                workers,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code workers}. */
    public Limits withWorkers(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                value,
                presence,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code presence}. */
    public Limits withPresence(int value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                value,
                requestTime,
                ping,
                idle);
    }

    /** Returns the same with another {@code requestTime}. */
    public Limits withRequestTime(Duration value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                value,
                ping,
                idle);
    }

    /** Returns the same with another {@code ping}. */
    public Limits withPing(Duration value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                value,
                idle);
    }

    /** Returns the same with another {@code idle}. */
    public Limits withIdle(Duration value) {
        return new Limits(
                connections,
                messageBytes,
                queuedFrames,
                queuedBytes,
                snapshotBytes,
                rows,
                subscriptions,
                requestsPerSecond,
                requestBurst,
                pendingRequests,
                workers,
                presence,
                requestTime,
                ping,
                value);
    }

    private static void positive(int value, String name) {
        if (value < 1) {
            throw new ConfigurationException("The limit \"" + name + "\" is at least 1, not " + value);
        }
    }

    private static void positive(Duration value, String name) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new ConfigurationException("The limit \"" + name + "\" is longer than nothing");
        }
    }
}
