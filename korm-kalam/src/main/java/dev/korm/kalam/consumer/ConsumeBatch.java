package dev.korm.kalam.consumer;

import java.util.List;

/**
 * The answer to a poll.
 *
 * @param messages the messages, which nobody else of the group gets until they are acknowledged or a minute has passed
 * @param hasMore whether the batch is full
 */
public record ConsumeBatch(List<TopicMessage> messages, boolean hasMore) {
    /** Copies the messages. */
    public ConsumeBatch {
        messages = List.copyOf(messages);
    }
}
