package dev.korm.kalam.consumer;

import dev.korm.kalam.error.KalamDataException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.settings.RetryPolicy;
import java.time.Duration;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker on a topic: it handles one message after another, at least once, in the order of the partition; retries what fails; acknowledges what is done; goes
 * on when the server was away. Handlers are to be idempotent, by {@link WorkerContext#runKey()}, or by {@link WorkerBuilder#doneUpTo}.
 *
 * <p>What fails for good goes to {@code onFailed} and is acknowledged; without that, the worker holds at it. A message that cannot be read is not tried again:
 * it goes to {@code onFailed}, or {@code onError} is told and it is passed over.
 */
public final class Worker<T> implements AutoCloseable {
    /** A handler of changes. */
    @FunctionalInterface
    public interface Handler<T> {
        /** Handles a change; it is acknowledged when this returns. */
        void handle(WorkerContext context, Change<T> change) throws Exception;
    }

    /** A handler of rows. */
    @FunctionalInterface
    public interface RowHandler<T> {
        /** Handles a row; it is acknowledged when this returns. */
        void handle(WorkerContext context, T row) throws Exception;
    }

    /** A handler of messages that have failed. */
    @FunctionalInterface
    public interface FailureHandler<T> {
        /** Handles a message whose attempts have failed, or which cannot be read. */
        void handle(WorkerContext context, TopicMessage message, Exception failure) throws Exception;
    }

    private enum Outcome {
        DONE,
        UNACKED,
        STOPPED
    }

    private final WorkerBuilder<T> settings;
    private final Topics topics;
    private final TopicRequests requests;
    private final Handler<T> handler;
    private volatile @Nullable Lanes running;
    private volatile @Nullable Thread thread;

    Worker(WorkerBuilder<T> settings, Handler<T> handler) {
        this.settings = settings;
        this.topics = settings.topics();
        this.requests = settings.topicRequests();
        this.handler = handler;
    }

    /** Runs in this thread, and one more for each further partition, until it is stopped or interrupted, or the server refuses for good. */
    public void run() {
        run(begin());
    }

    private synchronized Lanes begin() {
        if (running != null) {
            throw new IllegalStateException("The worker is running");
        }
        Lanes lanes = new Lanes(settings.requests().stream().map(Loop::new).toList());
        running = lanes;
        return lanes;
    }

    private void run(Lanes lanes) {
        try {
            lanes.run("kalam-worker-" + settings.name(), this::run);
        } finally {
            running = null;
        }
    }

    private void run(Loop loop) {
        int failures = 0;
        if (settings.doneUpTo() >= 0) {
            // What another worker has claimed and left undone comes before what is handed out first.
            loop.place(OptionalLong.of(settings.doneUpTo() + 1));
        }
        while (!loop.isStopped()) {
            try {
                ConsumeBatch batch = requests.consume(loop);
                failures = 0;
                handle(batch, loop);
            } catch (KalamException e) {
                RetryPolicy policy = settings.connectionRetry();
                if (loop.isStopped()) {
                    return;
                }
                if (!TopicRequests.isPassing(e) || !policy.allowsAfter(++failures)) {
                    throw e;
                }
                tell(settings.onError(), e);
                loop.pause(policy.waitAfter(failures));
            }
        }
    }

    /** Runs in a thread of its own. */
    public Worker<T> start() {
        Lanes lanes = begin();
        Thread made = new Thread(
                () -> {
                    try {
                        run(lanes);
                    } catch (KalamException e) {
                        tell(settings.onError(), e);
                    }
                },
                "kalam-worker-" + settings.name());
        made.setDaemon(true);
        thread = made;
        made.start();
        return this;
    }

    private void handle(ConsumeBatch batch, Loop loop) {
        Iterator<TopicMessage> messages = batch.messages().iterator();
        long polled = System.nanoTime();
        Duration most = settings.maxProcessing();
        while (messages.hasNext() && !loop.isStopped()) {
            TopicMessage message = messages.next();
            loop.seen(message.offset());
            MessageContext context = new MessageContext(requests, message, loop);
            if (message.offset() <= settings.doneUpTo()) {
                context.ack();
                continue;
            }
            Outcome outcome = handle(context, loop);
            while (outcome == Outcome.UNACKED && settings.onUnacked() == OnUnacked.HOLD && !loop.isStopped()) {
                loop.pause(settings.holdDelay());
                outcome = loop.isStopped() ? Outcome.STOPPED : handle(context, loop);
            }
            if (most != null && System.nanoTime() - polled > most.toNanos()) {
                most = null;
                tell(settings.onSlow(), message);
            }
        }
        if (!batch.hasMore()) {
            loop.pause(settings.idleDelay());
        }
    }

    private Outcome handle(MessageContext context, Loop loop) {
        RetryPolicy policy = settings.retry();
        T row;
        try {
            row = settings.parser().apply(context.message());
        } catch (RuntimeException e) {
            return unreadable(context, e);
        }
        if (row == null) {
            context.ack();
            return Outcome.DONE;
        }
        for (int attempt = 1; ; attempt++) {
            WorkerContext worker = context(context, attempt);
            try {
                handler.handle(worker, new Change<>(row, context.message()));
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (loop.isStopped()) {
                    return Outcome.STOPPED;
                }
                if (context.isAcked()) {
                    tell(settings.onError(), e);
                    return Outcome.DONE;
                }
                if (!policy.allowsAfter(attempt) || !settings.retries().test(e)) {
                    return failed(context, worker, e);
                }
                tell(settings.onRetry(), e);
                loop.pause(policy.waitAfter(attempt));
                if (loop.isStopped()) {
                    return Outcome.STOPPED;
                }
                continue;
            }
            // What fails here has been done: it is delivered again, and not tried again now.
            context.ack();
            return Outcome.DONE;
        }
    }

    private WorkerContext context(MessageContext context, int attempt) {
        return new WorkerContext(
                settings.name(), context, attempt, settings.retry().maxAttempts(), topics.sql());
    }

    private Outcome unreadable(MessageContext context, RuntimeException failure) {
        Exception known = failure instanceof KalamDataException
                ? failure
                : new KalamDataException("Message " + context.message().messageId() + " cannot be read", failure);
        if (settings.onFailed() != null) {
            return failed(context, context(context, 1), known);
        }
        tell(settings.onError(), known);
        context.ack();
        return Outcome.DONE;
    }

    private Outcome failed(MessageContext context, WorkerContext worker, Exception failure) {
        FailureHandler<T> onFailed = settings.onFailed();
        if (onFailed == null) {
            tell(settings.onError(), failure);
            return Outcome.UNACKED;
        }
        try {
            onFailed.handle(worker, context.message(), failure);
            if (!settings.acksOnFailed()) {
                return context.isAcked() ? Outcome.DONE : Outcome.UNACKED;
            }
            context.ack();
            return Outcome.DONE;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            tell(settings.onError(), e);
            return Outcome.UNACKED;
        }
    }

    private static <E> void tell(Consumer<E> listener, E told) {
        try {
            listener.accept(told);
        } catch (RuntimeException e) {
            Thread own = Thread.currentThread();
            own.getUncaughtExceptionHandler().uncaughtException(own, e);
        }
    }

    /** Tells whether it runs. */
    public boolean isRunning() {
        return running != null;
    }

    /** Stops the worker behind the message that is being handled; what is not acknowledged will be delivered again. */
    public void stop() {
        Lanes lanes = running;
        if (lanes != null) {
            lanes.stop();
        }
    }

    /** Stops the worker, and waits up to half a minute until it has. */
    @Override
    public void close() {
        Lanes lanes = running;
        stop();
        Thread own = thread;
        if (own != null && !own.equals(Thread.currentThread()) && (lanes == null || !lanes.isOwnThread())) {
            try {
                own.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
