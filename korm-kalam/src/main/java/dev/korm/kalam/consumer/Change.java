package dev.korm.kalam.consumer;

/**
 * A change in the hands of a worker.
 *
 * @param row the row
 * @param message where it comes from
 */
public record Change<T>(T row, TopicMessage message) {
    /** Returns the operation. */
    public TopicOp op() {
        return message.op();
    }
}
