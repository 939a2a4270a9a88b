package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.sql.Names;

/**
 * A poll. Everything is checked before it is sent: a malformed request can end the server's process.
 *
 * @param topic the topic, of {@code namespace.name}
 * @param group the group
 * @param start where it begins, when it has acknowledged nothing
 * @param limit the most messages of a batch, 1 to 1,000
 * @param partition the partition
 */
public record ConsumeRequest(String topic, String group, Start start, int limit, int partition) {
    private static final int MAX_LIMIT = 1000;

    /** Checks it. */
    public ConsumeRequest {
        requireNonNull(topic, "topic");
        requireNonNull(group, "group");
        requireNonNull(start, "start");
        Names.topic(topic);
        checkGroup(group);
        checkPartition(partition);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("A batch has 1 to " + MAX_LIMIT + " messages");
        }
    }

    /** Returns a poll of up to 10 messages of partition 0, for a group that begins at the end. */
    public static ConsumeRequest of(String topic, String group) {
        requireNonNull(topic, "topic");
        requireNonNull(group, "group");
        return new ConsumeRequest(topic, group, Start.latest(), 10, 0);
    }

    static void checkGroup(String group) {
        requireNonNull(group, "group");
        if (group.isBlank() || group.length() > 128 || group.chars().anyMatch(c -> c < 32)) {
            throw new IllegalArgumentException(
                    "A group's name is not blank, and has at most 128 characters and no control characters");
        }
    }

    static void checkPartition(int partition) {
        if (partition < 0 || partition > 1_000_000) {
            throw new IllegalArgumentException("A partition is a number from 0 on");
        }
    }

    /** Returns this with another start. */
    public ConsumeRequest start(Start place) {
        requireNonNull(place, "place");
        return new ConsumeRequest(topic, group, place, limit, partition);
    }

    /** Returns this with another limit. */
    public ConsumeRequest limit(int messages) {
        return new ConsumeRequest(topic, group, start, messages, partition);
    }

    /** Returns this of another partition. */
    public ConsumeRequest partition(int number) {
        return new ConsumeRequest(topic, group, start, limit, number);
    }
}
