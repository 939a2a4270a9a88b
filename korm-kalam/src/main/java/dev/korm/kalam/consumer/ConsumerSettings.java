package dev.korm.kalam.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a consumer, read from texts by name.
 *
 * @param request its polls
 * @param isAutoAck whether messages are acknowledged that were handled
 * @param ackInterval how often
 * @param pollTimeout how long a poll waits for messages
 * @param requestTimeout the limit of each request
 * @param retryBackoff the wait before a request is repeated
 */
record ConsumerSettings(
        ConsumeRequest request,
        boolean isAutoAck,
        Duration ackInterval,
        Duration pollTimeout,
        Duration requestTimeout,
        Duration retryBackoff) {
    /** The names, and what consumers of Kafka call those that have another name there than with dots in place of underscores. */
    private static final Map<String, String> KNOWN = Map.of(
            "topic", "topic",
            "group_id", "group.id",
            "partition_id", "partition.id",
            "auto_offset_reset", "auto.offset.reset",
            "max_poll_records", "max.poll.records",
            "enable_auto_commit", "enable.auto.commit",
            "auto_commit_interval", "auto.commit.interval.ms",
            "poll_timeout", "fetch.max.wait.ms",
            "request_timeout", "request.timeout.ms",
            "retry_backoff", "retry.backoff.ms");

    static ConsumerSettings of(Map<String, String> settings) {
        Set<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(name -> KNOWN.containsKey(name.replace('.', '_')) || KNOWN.containsValue(name));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "A consumer has no settings " + unknown + "; there are " + new TreeSet<>(KNOWN.keySet()));
        }
        ConsumeRequest request = ConsumeRequest.of(required(settings, "topic"), required(settings, "group_id"))
                .limit(number(settings, "max_poll_records", 100))
                .partition(number(settings, "partition_id", 0));
        String start = value(settings, "auto_offset_reset");
        return new ConsumerSettings(
                start == null ? request : request.start(Start.parse(start)),
                isTrue(settings, "enable_auto_commit"),
                milliseconds(settings, "auto_commit_interval", 5_000),
                milliseconds(settings, "poll_timeout", 30_000),
                milliseconds(settings, "request_timeout", 30_000),
                milliseconds(settings, "retry_backoff", 500));
    }

    private static @Nullable String value(Map<String, String> settings, String name) {
        for (String spelling : List.of(name, name.replace('_', '.'), KNOWN.getOrDefault(name, name))) {
            String value = settings.get(spelling);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static String required(Map<String, String> settings, String name) {
        String value = value(settings, name);
        if (value == null) {
            throw new IllegalArgumentException("The setting " + name + " of a consumer is missing");
        }
        return value;
    }

    private static int number(Map<String, String> settings, String name, int standard) {
        String value = value(settings, name);
        if (value == null) {
            return standard;
        }
        if (!value.strip().matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("The setting " + name + " of a consumer is a whole number");
        }
        return Integer.parseInt(value.strip());
    }

    private static Duration milliseconds(Map<String, String> settings, String name, int standard) {
        int number = number(settings, name, standard);
        if (number < 1 || number > 86_400_000) {
            throw new IllegalArgumentException(
                    "The setting " + name + " of a consumer is a number of milliseconds, from 1 to those of a day");
        }
        return Duration.ofMillis(number);
    }

    private static boolean isTrue(Map<String, String> settings, String name) {
        String value = value(settings, name);
        return switch (value == null ? "true" : value.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("The setting " + name + " of a consumer is true or false");
        };
    }
}
