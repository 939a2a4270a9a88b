package dev.korm.gateway.kafka;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.gateway.Upstream;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.config.TopicsProvider;
import dev.korm.gateway.settings.Limits;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code "kafka"} and {@code "redis"} of a gateway's file. Found by {@link java.util.ServiceLoader}. */
public final class KafkaProvider implements TopicsProvider {
    private static final String CLIENT = "client.";

    /** Makes one, for {@link java.util.ServiceLoader}. */
    public KafkaProvider() {}

    @Override
    public Upstream upstream(Map<String, String> kafka, Map<String, String> redis) {
        KafkaUpstream upstream = KafkaUpstream.of(settings(kafka));
        return given(redis, "host") == null ? upstream : upstream.withCache(cache(redis));
    }

    @Override
    public Service serve(Pool pool, AccessPolicy policy, Limits limits, Map<String, String> kafka) {
        return KafkaService.start(pool, policy, limits, settings(kafka));
    }

    static KafkaSettings settings(Map<String, String> all) {
        knows(
                "kafka",
                all,
                Set.of(
                        "brokers",
                        "group",
                        "serviceGroup",
                        "topics",
                        "requestTopic",
                        "replyTopic",
                        "controlTopic",
                        "seedTopic",
                        "requestTime",
                        "slowSockets"));
        KafkaSettings plain = KafkaSettings.at(text(all, "brokers", "localhost:9092"));
        List<String> topics = List.of(
                text(all, "topics", plain.pageDiffs() + "," + plain.rowEvents()).split("\\s*,\\s*", -1));
        if (topics.size() != 2) {
            throw new ConfigurationException(
                    "\"kafka.topics\" names two: that of changes in binary form, and that of changes of rows");
        }
        Map<String, String> client = new HashMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(CLIENT) && !value.isEmpty()) {
                client.put(name.substring(CLIENT.length()), value);
            }
        });
        return plain.withGroup(text(all, "group", plain.group()))
                .withServing(text(all, "serviceGroup", plain.serving()))
                .withChanges(topics.get(0), topics.get(1))
                .withCalls(text(all, "requestTopic", plain.requests()), Optional.ofNullable(given(all, "replyTopic")))
                .withQueries(text(all, "controlTopic", plain.control()), text(all, "seedTopic", plain.seeds()))
                .withRequestTime(read("kafka", all, "requestTime", Duration::parse, plain.requestTime()))
                .withSlowSockets(read("kafka", all, "slowSockets", Integer::valueOf, plain.slowSockets()))
                .withClient(client);
    }

    static CacheSettings cache(Map<String, String> all) {
        knows(
                "redis",
                all,
                Set.of("host", "port", "password", "prefix", "maxDiffs", "retention", "retentionMs", "timeout"));
        CacheSettings plain =
                CacheSettings.at(text(all, "host", "localhost"), read("redis", all, "port", Integer::valueOf, 6379));
        String password = given(all, "password");
        Duration retention =
                read("redis", all, "retentionMs", text -> Duration.ofMillis(Long.parseLong(text)), plain.retention());
        return (password == null ? plain : plain.withPassword(password))
                .withPrefix(text(all, "prefix", plain.prefix()))
                .withDiffs(read("redis", all, "maxDiffs", Integer::valueOf, plain.diffs()))
                .withRetention(read("redis", all, "retention", Duration::parse, retention))
                .withTimeout(read("redis", all, "timeout", Duration::parse, plain.timeout()));
    }

    private static void knows(String section, Map<String, String> all, Set<String> known) {
        for (String name : all.keySet()) {
            if (!known.contains(name) && !(section.equals("kafka") && name.startsWith(CLIENT))) {
                throw new ConfigurationException("\"" + section + "." + name + "\" is not known; known are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private static @Nullable String given(Map<String, String> all, String name) {
        String text = all.get(name);
        return text == null || text.isEmpty() ? null : text;
    }

    private static String text(Map<String, String> all, String name, String fallback) {
        String text = given(all, name);
        return text == null ? fallback : text;
    }

    private static <T> T read(
            String section, Map<String, String> all, String name, Function<String, T> read, T fallback) {
        String text = given(all, name);
        if (text == null) {
            return fallback;
        }
        try {
            return read.apply(text);
        } catch (IllegalArgumentException | DateTimeException misfit) {
            throw new ConfigurationException(
                    "\"" + section + "." + name + "\" cannot be read: " + misfit.getMessage(), misfit);
        }
    }
}
