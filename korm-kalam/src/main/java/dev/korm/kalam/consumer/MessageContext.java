package dev.korm.kalam.consumer;

/** A message in the hands of a consumer's handler. */
public final class MessageContext {
    private final TopicRequests requests;
    private final TopicMessage message;
    private final Loop loop;
    private boolean isAcked;

    MessageContext(TopicRequests requests, TopicMessage message, Loop loop) {
        this.requests = requests;
        this.message = message;
        this.loop = loop;
    }

    /** Returns the message. */
    public TopicMessage message() {
        return message;
    }

    /** Acknowledges the message, and all before it; once, until it succeeds. */
    public void ack() {
        if (!isAcked) {
            requests.ack(message, loop);
            isAcked = true;
            loop.acknowledged(message.offset());
        }
    }

    /** Tells whether it was acknowledged. */
    public boolean isAcked() {
        return isAcked;
    }
}
