package dev.korm.gateway.kafka;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names the brokers and topics of a gateway. Immutable.
 *
 * <pre>{@code
 * KafkaSettings settings = KafkaSettings.at("broker-1:9092,broker-2:9092").withGroup("team-gateway");
 * }</pre>
 *
 * @param brokers hosts and ports, with commas between them
 * @param group the consumer group that feeds the cache; gateways that share a cache share it
 * @param serving the consumer group of those that answer from pools
 * @param pageDiffs the topic of changes in binary form, which a stream processor makes
 * @param rowEvents the topic of changes of rows
 * @param requests the topic of calls
 * @param replies the topic of answers to this process; empty for one of its own, which is deleted at the end
 * @param control the topic on which gateways say which queries they follow
 * @param seeds the topic on which they say what rows those had
 * @param requestTime how long a call may take
 * @param slowSockets above how many clients that take frames slowly no changes are read
 * @param client further properties of Kafka's clients, such as those of its security
 */
public record KafkaSettings(
        String brokers,
        String group,
        String serving,
        String pageDiffs,
        String rowEvents,
        String requests,
        Optional<String> replies,
        String control,
        String seeds,
        Duration requestTime,
        int slowSockets,
        Map<String, String> client) {
    public KafkaSettings {
        for (String text : List.of(brokers, group, serving, pageDiffs, rowEvents, requests, control, seeds)) {
            if (text.isBlank()) {
                throw new ConfigurationException("A broker, group or topic of the gateway has no name; name it");
            }
        }
        requireNonNull(replies, "replies");
        if (requestTime.isNegative() || requestTime.isZero() || slowSockets < 1) {
            throw new ConfigurationException("\"requestTime\" and \"slowSockets\" are greater than 0");
        }
        client = Map.copyOf(client);
    }

    /** Returns the settings of these brokers, with the topics of the protocol. */
    public static KafkaSettings at(String brokers) {
        return new KafkaSettings(
                requireNonNull(brokers, "brokers"),
                "cladbe-ws-gateway",
                "korm-gateway-service",
                "server.page.diffs",
                "server.row.events",
                "sql.rpc.requests",
                Optional.empty(),
                "server.query.control",
                "server.page.seed",
                Duration.ofSeconds(10),
                100,
                Map.of());
    }

    /** Returns the same with another group that feeds the cache. */
    public KafkaSettings withGroup(String name) {
        return new KafkaSettings(
                brokers,
                name,
                serving,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                control,
                seeds,
                requestTime,
                slowSockets,
                client);
    }

    /** Returns the same with another group of those that answer from pools. */
    public KafkaSettings withServing(String name) {
        return new KafkaSettings(
                brokers,
                group,
                name,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                control,
                seeds,
                requestTime,
                slowSockets,
                client);
    }

    /** Returns the same with other topics of changes: those in binary form, and those of rows. */
    public KafkaSettings withChanges(String pages, String rows) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pages,
                rows,
                requests,
                replies,
                control,
                seeds,
                requestTime,
                slowSockets,
                client);
    }

    /** Returns the same with other topics of calls and of their answers. */
    public KafkaSettings withCalls(String asked, Optional<String> answered) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pageDiffs,
                rowEvents,
                asked,
                answered,
                control,
                seeds,
                requestTime,
                slowSockets,
                client);
    }

    /** Returns the same with other topics of queries and of their rows. */
    public KafkaSettings withQueries(String queries, String rows) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                queries,
                rows,
                requestTime,
                slowSockets,
                client);
    }

    /** Returns the same with another time that a call may take. */
    public KafkaSettings withRequestTime(Duration time) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                control,
                seeds,
                time,
                slowSockets,
                client);
    }

    /** Returns the same with another number of slow clients. */
    public KafkaSettings withSlowSockets(int most) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                control,
                seeds,
                requestTime,
                most,
                client);
    }

    /** Returns the same with these properties of Kafka's clients. */
    public KafkaSettings withClient(Map<String, String> properties) {
        return new KafkaSettings(
                brokers,
                group,
                serving,
                pageDiffs,
                rowEvents,
                requests,
                replies,
                control,
                seeds,
                requestTime,
                slowSockets,
                properties);
    }
}
