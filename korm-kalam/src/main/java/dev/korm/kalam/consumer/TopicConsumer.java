package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer: it polls, and hands over one message after another to the handler of {@link #run}, or a batch to whoever calls {@link #poll}. Used by one thread,
 * except for {@link #stop} and {@link #close}. It can be run again when it was stopped.
 */
public final class TopicConsumer implements AutoCloseable {
    /** A handler of messages. */
    @FunctionalInterface
    public interface Handler {
        /** Handles a message. An exception ends the run, and the message will be delivered again. */
        void handle(MessageContext context) throws Exception;
    }

    private final ConsumeRequest request;
    private boolean isAutoAck;
    private @Nullable Duration ackInterval;
    private Duration idleDelay = Duration.ofSeconds(1);
    private Duration pollTimeout = Duration.ofSeconds(30);
    private TopicRequests requests;
    private volatile @Nullable Loop running;
    private @Nullable Polls polls;

    TopicConsumer(Topics topics, ConsumeRequest request) {
        this.request = request;
        this.requests = TopicRequests.of(topics);
    }

    /**
     * Sets whether the consumer acknowledges by itself what is done: a message whose handler has returned, and the messages of a {@link #poll} when the next one
     * begins. It does not, unless said so.
     */
    public TopicConsumer autoAck(boolean isWanted) {
        isAutoAck = isWanted;
        return this;
    }

    /**
     * Sets how often the consumer acknowledges by itself: when so much time has passed since the last time, and when it stops, where one request stands for all
     * that was done in between. Unless said otherwise it acknowledges each message, or poll, by itself. What is not acknowledged when the program dies is
     * delivered again, as it is a minute after its poll, so an interval well below that.
     */
    public TopicConsumer ackInterval(Duration interval) {
        requireNonNull(interval, "interval");
        ackInterval = Timeouts.check(interval);
        return this;
    }

    /** Sets how long it waits when there is nothing, until it asks again; 1 s unless said otherwise. */
    public TopicConsumer idleDelay(Duration delay) {
        requireNonNull(delay, "delay");
        idleDelay = Timeouts.check(delay);
        return this;
    }

    /** Sets how long {@link #poll} waits for messages; 30 s unless said otherwise. The server answers at once, so the consumer asks again and again. */
    public TopicConsumer pollTimeout(Duration limit) {
        requireNonNull(limit, "limit");
        pollTimeout = Timeouts.check(limit);
        return this;
    }

    /** Sets the limit of each request to the server; that of the client unless said otherwise. */
    public TopicConsumer requestTimeout(Duration limit) {
        requireNonNull(limit, "limit");
        requests = requests.withTimeout(limit);
        return this;
    }

    /**
     * Sets how often a poll or an acknowledgement is tried when the server is away, overloaded or breaks off. Unless said otherwise a poll is tried once, and an
     * acknowledgement as often as the reads of the client.
     */
    public TopicConsumer retry(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        requests = requests.withRetry(policy);
        return this;
    }

    /**
     * Sets how long the server keeps messages that were not acknowledged from others; a minute unless said otherwise, as it is at the server. When the answer to a
     * poll is lost, the consumer takes nothing behind its messages until they have come again. So it does at its start with those that one before has claimed,
     * where the server says what is acknowledged: to the roles dba and system.
     */
    public TopicConsumer visibilityTimeout(Duration time) {
        requireNonNull(time, "time");
        requests = requests.withVisibilityTimeout(time);
        return this;
    }

    /** Runs in this thread until it is stopped or interrupted, or a handler or a request fails. */
    public void run(Handler handler) throws Exception {
        requireNonNull(handler, "handler");
        Loop loop = new Loop(request);
        begin(loop);
        AutoAck auto = new AutoAck(ackInterval);
        try {
            handleAll(handler, loop, auto);
        } catch (Exception e) {
            finish(auto, e);
            throw e;
        } finally {
            running = null;
        }
    }

    private void begin(Loop loop) {
        if (running != null) {
            throw new IllegalStateException("The consumer is running");
        }
        running = loop;
    }

    private void handleAll(Handler handler, Loop loop, AutoAck auto) throws Exception {
        while (!loop.isStopped()) {
            ConsumeBatch batch = requests.consume(loop);
            for (TopicMessage message : batch.messages()) {
                if (loop.isStopped()) {
                    break;
                }
                loop.seen(message.offset());
                MessageContext context = new MessageContext(requests, message, loop);
                handler.handle(context);
                if (isAutoAck) {
                    auto.handled(context);
                }
            }
            if (!batch.hasMore()) {
                loop.pause(auto.untilDue(idleDelay));
                auto.ackIfDue();
            }
        }
        auto.ack();
    }

    /** Acknowledges what was done before a failure, which is the one to be told. */
    private static void finish(AutoAck auto, Exception failure) {
        try {
            auto.ack();
        } catch (RuntimeException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Returns the next messages: as soon as there are some, or none when {@link #pollTimeout} is over or the consumer is closed. Goes on behind what is
     * acknowledged.
     */
    public List<MessageContext> poll() {
        Polls open = polls;
        if (open == null) {
            open = new Polls(new Loop(request), new AutoAck(ackInterval));
            begin(open.loop());
            polls = open;
        }
        return open.next();
    }

    /** Stops the run behind the message that is being handled; the rest of its batch will be delivered again. */
    public void stop() {
        Loop loop = running;
        if (loop != null) {
            loop.stop();
        }
    }

    /** Stops it; where {@link #poll} was called, acknowledges the messages of the last poll, if the consumer acknowledges by itself. */
    @Override
    public void close() {
        stop();
        Polls open = polls;
        if (open != null) {
            polls = null;
            running = null;
            open.close();
        }
    }

    /** The polls of those who call {@link #poll}. */
    private final class Polls {
        private final Loop loop;
        private final AutoAck auto;
        private @Nullable MessageContext newest;

        Polls(Loop loop, AutoAck auto) {
            this.loop = loop;
            this.auto = auto;
        }

        Loop loop() {
            return loop;
        }

        List<MessageContext> next() {
            done();
            long begun = System.nanoTime();
            while (!loop.isStopped()) {
                ConsumeBatch batch = requests.consume(loop);
                if (!batch.messages().isEmpty()) {
                    loop.seen(batch.messages().get(0).offset());
                    List<MessageContext> messages = batch.messages().stream()
                            .map(message -> new MessageContext(requests, message, loop))
                            .toList();
                    newest = messages.get(messages.size() - 1);
                    return messages;
                }
                Duration left = pollTimeout.minusNanos(System.nanoTime() - begun);
                if (left.isZero() || left.isNegative()) {
                    break;
                }
                loop.pause(auto.untilDue(left.compareTo(idleDelay) < 0 ? left : idleDelay));
                auto.ackIfDue();
            }
            return List.of();
        }

        private void done() {
            MessageContext last = newest;
            if (isAutoAck && last != null) {
                auto.handled(last);
            }
            newest = null;
        }

        void close() {
            done();
            auto.ack();
        }
    }
}
