package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.settings.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A consumer: it polls, and hands over one message after another. It can be run again when it was stopped. */
public final class TopicConsumer implements AutoCloseable {
    /** A handler of messages. */
    @FunctionalInterface
    public interface Handler {
        /** Handles a message. An exception ends the run, and the message will be delivered again. */
        void handle(MessageContext context) throws Exception;
    }

    private final Topics topics;
    private final ConsumeRequest request;
    private boolean isAutoAck;
    private Duration idleDelay = Duration.ofSeconds(1);
    private volatile @Nullable Loop running;

    TopicConsumer(Topics topics, ConsumeRequest request) {
        this.topics = topics;
        this.request = request;
    }

    /** Sets whether a message is acknowledged when its handler has returned; it is not, unless said so. */
    public TopicConsumer autoAck(boolean isWanted) {
        isAutoAck = isWanted;
        return this;
    }

    /** Sets how long it waits when there is nothing; 1 s unless said otherwise. */
    public TopicConsumer idleDelay(Duration delay) {
        requireNonNull(delay, "delay");
        idleDelay = Timeouts.check(delay);
        return this;
    }

    /** Runs in this thread until it is stopped or interrupted, or a handler or a poll fails. */
    public void run(Handler handler) throws Exception {
        requireNonNull(handler, "handler");
        Loop loop = new Loop(request);
        if (running != null) {
            throw new IllegalStateException("The consumer is running");
        }
        running = loop;
        try {
            while (!loop.isStopped()) {
                ConsumeBatch batch = topics.consume(loop.next());
                for (TopicMessage message : batch.messages()) {
                    if (loop.isStopped()) {
                        return;
                    }
                    loop.seen(message.offset());
                    MessageContext context = new MessageContext(topics, message, loop);
                    handler.handle(context);
                    if (isAutoAck) {
                        context.ack();
                    }
                }
                if (!batch.hasMore()) {
                    loop.pause(idleDelay);
                }
            }
        } finally {
            running = null;
        }
    }

    /** Stops the run behind the message that is being handled; the rest of its batch will be delivered again. */
    public void stop() {
        Loop loop = running;
        if (loop != null) {
            loop.stop();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
