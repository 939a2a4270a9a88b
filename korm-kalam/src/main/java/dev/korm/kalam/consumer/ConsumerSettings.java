package dev.korm.kalam.consumer;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a consumer, read from texts by name.
 *
 * @param request its polls
 * @param isAutoAck whether a message is acknowledged when its handler has returned
 */
record ConsumerSettings(ConsumeRequest request, boolean isAutoAck) {
    private static final Set<String> KNOWN =
            Set.of("topic", "group_id", "partition_id", "auto_offset_reset", "max_poll_records", "enable_auto_commit");

    static ConsumerSettings of(Map<String, String> settings) {
        Set<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(name -> KNOWN.contains(name.replace('.', '_')));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("A consumer has no settings " + unknown
                    + "; waits and time limits are set at the client and by idleDelay, and " + new TreeSet<>(KNOWN)
                    + " are known");
        }
        ConsumeRequest request = ConsumeRequest.of(required(settings, "topic"), required(settings, "group_id"))
                .limit(number(settings, "max_poll_records", 100))
                .partition(number(settings, "partition_id", 0));
        String start = value(settings, "auto_offset_reset");
        return new ConsumerSettings(
                start == null ? request : request.start(Start.parse(start)), isTrue(settings, "enable_auto_commit"));
    }

    private static @Nullable String value(Map<String, String> settings, String name) {
        String value = settings.get(name);
        return value == null ? settings.get(name.replace('_', '.')) : value;
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

    private static boolean isTrue(Map<String, String> settings, String name) {
        String value = value(settings, name);
        return switch (value == null ? "true" : value.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("The setting " + name + " of a consumer is true or false");
        };
    }
}
