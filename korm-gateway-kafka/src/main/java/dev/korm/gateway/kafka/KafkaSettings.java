package dev.korm.gateway.kafka;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

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
        return with(draft -> draft.group = name);
    }

    /** Returns the same with another group of those that answer from pools. */
    public KafkaSettings withServing(String name) {
        return with(draft -> draft.serving = name);
    }

    /** Returns the same with other topics of changes: those in binary form, and those of rows. */
    public KafkaSettings withChanges(String pages, String rows) {
        return with(draft -> {
            draft.pageDiffs = pages;
            draft.rowEvents = rows;
        });
    }

    /** Returns the same with other topics of calls and of their answers. */
    public KafkaSettings withCalls(String asked, Optional<String> answered) {
        return with(draft -> {
            draft.requests = asked;
            draft.replies = answered;
        });
    }

    /** Returns the same with other topics of queries and of their rows. */
    public KafkaSettings withQueries(String queries, String rows) {
        return with(draft -> {
            draft.control = queries;
            draft.seeds = rows;
        });
    }

    /** Returns the same with another time that a call may take. */
    public KafkaSettings withRequestTime(Duration time) {
        return with(draft -> draft.requestTime = time);
    }

    /** Returns the same with another number of slow clients. */
    public KafkaSettings withSlowSockets(int most) {
        return with(draft -> draft.slowSockets = most);
    }

    /** Returns the same with these properties of Kafka's clients. */
    public KafkaSettings withClient(Map<String, String> properties) {
        return with(draft -> draft.client = properties);
    }

    /** Returns brokers, groups and topics, and of the further properties the names alone, since passwords may be among them. */
    @Override
    public String toString() {
        return "KafkaSettings[brokers=" + brokers + ", groups=" + List.of(group, serving) + ", topics="
                + List.of(pageDiffs, rowEvents, requests, control, seeds) + ", client="
                + new TreeSet<>(client.keySet()) + "]";
    }

    private KafkaSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** The settings while some of them are changed. For one thread. */
    private static final class Draft {
        private String brokers;
        private String group;
        private String serving;
        private String pageDiffs;
        private String rowEvents;
        private String requests;
        private Optional<String> replies;
        private String control;
        private String seeds;
        private Duration requestTime;
        private int slowSockets;
        private Map<String, String> client;

        private Draft(KafkaSettings from) {
            brokers = from.brokers;
            group = from.group;
            serving = from.serving;
            pageDiffs = from.pageDiffs;
            rowEvents = from.rowEvents;
            requests = from.requests;
            replies = from.replies;
            control = from.control;
            seeds = from.seeds;
            requestTime = from.requestTime;
            slowSockets = from.slowSockets;
            client = from.client;
        }

        private KafkaSettings settings() {
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
                    client);
        }
    }
}
