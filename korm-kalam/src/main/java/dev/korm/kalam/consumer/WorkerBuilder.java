package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The settings of a worker, before it is made. */
public final class WorkerBuilder<T> {
    private final Topics topics;
    private final String name;
    private ConsumeRequest request;
    private Function<TopicMessage, ? extends @Nullable T> parser;
    private boolean needsUser;
    private RetryPolicy retry = RetryPolicy.messages();
    private Predicate<Exception> retries = failure -> true;
    private RetryPolicy connectionRetry = RetryPolicy.reconnect();
    private Worker.@Nullable FailureHandler<T> onFailed;
    private boolean acksOnFailed = true;
    private OnUnacked onUnacked = OnUnacked.HOLD;
    private Duration holdDelay = Duration.ofSeconds(30);
    private Duration idleDelay = Duration.ofSeconds(1);
    private Consumer<Exception> onRetry = failure -> {};
    private Consumer<Exception> onError = failure -> {};
    private @Nullable LongSupplier doneUpTo;
    private @Nullable Duration maxProcessing;
    private Consumer<TopicMessage> onSlow = message -> {};
    private Duration visibilityTimeout = Duration.ofSeconds(60);
    private List<Integer> partitions = List.of();

    WorkerBuilder(
            Topics topics, String name, ConsumeRequest request, Function<TopicMessage, ? extends @Nullable T> parser) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A worker's name is not blank");
        }
        this.topics = topics;
        this.name = name;
        this.request = request;
        this.parser = parser;
    }

    /** Sets where a group begins that has acknowledged nothing; at the end, unless said otherwise. */
    public WorkerBuilder<T> start(Start place) {
        requireNonNull(place, "place");
        request = request.start(place);
        return this;
    }

    /** Sets the most messages of a poll; 20 unless said otherwise. They have a minute until others get them. */
    public WorkerBuilder<T> batchSize(int messages) {
        request = request.limit(messages);
        return this;
    }

    /** Sets the partition; 0 unless said otherwise. */
    public WorkerBuilder<T> partition(int number) {
        request = request.partition(number);
        partitions = List.of();
        return this;
    }

    /**
     * Sets several partitions, each of which is read by a thread of its own: messages of one come in order, those of different ones at the same time. When one
     * of them ends by a failure, so do the others.
     */
    public WorkerBuilder<T> partitions(int... numbers) {
        requireNonNull(numbers, "numbers");
        if (numbers.length == 0) {
            throw new IllegalArgumentException("A worker has a partition");
        }
        List<Integer> chosen = Arrays.stream(numbers).boxed().distinct().toList();
        chosen.forEach(ConsumeRequest::checkPartition);
        partitions = chosen;
        return this;
    }

    /**
     * Sets after which time since its poll a batch is called slow: the first message that is done later is told to the listener, once for a batch. The server
     * delivers what was not acknowledged within a minute again, maybe to another worker, so a time below that, and a smaller batch when it is exceeded.
     */
    public WorkerBuilder<T> maxProcessing(Duration time, Consumer<TopicMessage> listener) {
        requireNonNull(time, "time");
        requireNonNull(listener, "listener");
        maxProcessing = Timeouts.check(time);
        onSlow = listener;
        return this;
    }

    /**
     * Sets how long the server keeps messages that were not acknowledged from others; a minute unless said otherwise, as it is at the server. When the answer to a
     * poll is lost, the worker takes nothing behind its messages until they have come again, since to acknowledge that would acknowledge them too. So it does at
     * its start with those that one before has claimed, where the server says what is acknowledged: to the roles dba and system.
     */
    public WorkerBuilder<T> visibilityTimeout(Duration time) {
        requireNonNull(time, "time");
        visibilityTimeout = Timeouts.check(time);
        return this;
    }

    /** Sets how a message becomes a row; null skips the message. */
    public WorkerBuilder<T> parser(Function<TopicMessage, ? extends @Nullable T> chosen) {
        requireNonNull(chosen, "chosen");
        parser = chosen;
        return this;
    }

    /** Has messages that name no user handled as those that cannot be read. Rows of SHARED tables never name one. */
    public WorkerBuilder<T> requireUser() {
        needsUser = true;
        return this;
    }

    /** Sets how often a message is tried; 3 times unless said otherwise. */
    public WorkerBuilder<T> retry(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        retry = policy;
        return this;
    }

    /** Sets which failures are worth another attempt; all, unless said otherwise. */
    public WorkerBuilder<T> retryIf(Predicate<Exception> isWorthIt) {
        requireNonNull(isWorthIt, "isWorthIt");
        retries = isWorthIt;
        return this;
    }

    /** Sets how often the worker goes on when the server is away; for ever, unless said otherwise. */
    public WorkerBuilder<T> connectionRetry(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        connectionRetry = policy;
        return this;
    }

    /** Sets what is done with a message whose attempts have all failed. */
    public WorkerBuilder<T> onFailed(Worker.FailureHandler<T> handler) {
        requireNonNull(handler, "handler");
        onFailed = handler;
        return this;
    }

    /** Sets whether a message is acknowledged when {@code onFailed} has returned; it is, unless said otherwise. */
    public WorkerBuilder<T> ackOnFailed(boolean isAcked) {
        acksOnFailed = isAcked;
        return this;
    }

    /** Sets what comes behind a message that has failed and is not acknowledged. */
    public WorkerBuilder<T> onUnacked(OnUnacked choice) {
        requireNonNull(choice, "choice");
        onUnacked = choice;
        return this;
    }

    /** Sets how long a worker holds at a message that failed before it tries again; 30 s unless said otherwise. */
    public WorkerBuilder<T> holdDelay(Duration delay) {
        requireNonNull(delay, "delay");
        holdDelay = Timeouts.check(delay);
        return this;
    }

    /** Sets how long it waits when there is nothing; 1 s unless said otherwise. */
    public WorkerBuilder<T> idleDelay(Duration delay) {
        requireNonNull(delay, "delay");
        idleDelay = Timeouts.check(delay);
        return this;
    }

    /** Sets who is told of each failed attempt that is followed by another. */
    public WorkerBuilder<T> onRetry(Consumer<Exception> listener) {
        requireNonNull(listener, "listener");
        onRetry = listener;
        return this;
    }

    /** Sets who is told of failures that end a message's attempts, and of lost connections. */
    public WorkerBuilder<T> onError(Consumer<Exception> listener) {
        requireNonNull(listener, "listener");
        onError = listener;
        return this;
    }

    /**
     * Sets up to which offset everything is done, -1 for nothing: such messages are acknowledged and not handled. A program that stores the offset
     * together with its data, in one transaction of its own store, does each thing once. Offsets are those of one partition, so it takes a worker for each.
     */
    public WorkerBuilder<T> doneUpTo(LongSupplier offset) {
        requireNonNull(offset, "offset");
        doneUpTo = offset;
        return this;
    }

    /** Makes the worker. */
    public Worker<T> handler(Worker.Handler<T> handler) {
        requireNonNull(handler, "handler");
        if (doneUpTo != null && partitions.size() > 1) {
            throw new IllegalArgumentException(
                    "The offset of doneUpTo is that of one partition; make a worker for each");
        }
        return new Worker<>(this, handler);
    }

    /** Makes the worker of a handler that needs rows alone. */
    public Worker<T> onRow(Worker.RowHandler<T> handler) {
        requireNonNull(handler, "handler");
        return handler((context, change) -> handler.handle(context, change.row()));
    }

    Topics topics() {
        return topics;
    }

    TopicRequests topicRequests() {
        return TopicRequests.of(topics).withVisibilityTimeout(visibilityTimeout);
    }

    String name() {
        return name;
    }

    Function<TopicMessage, ? extends @Nullable T> parser() {
        if (!needsUser) {
            return parser;
        }
        Function<TopicMessage, ? extends @Nullable T> of = parser;
        return message -> {
            if (message.user().isEmpty()) {
                throw new KalamDataException("Message " + message.messageId() + " names no user", null);
            }
            return of.apply(message);
        };
    }

    RetryPolicy retry() {
        return retry;
    }

    Predicate<Exception> retries() {
        return retries;
    }

    RetryPolicy connectionRetry() {
        return connectionRetry;
    }

    Worker.@Nullable FailureHandler<T> onFailed() {
        return onFailed;
    }

    boolean acksOnFailed() {
        return acksOnFailed;
    }

    OnUnacked onUnacked() {
        return onUnacked;
    }

    Duration holdDelay() {
        return holdDelay;
    }

    Duration idleDelay() {
        return idleDelay;
    }

    Consumer<Exception> onRetry() {
        return onRetry;
    }

    Consumer<Exception> onError() {
        return onError;
    }

    /** Returns up to which offset everything is done, -1 for nothing. */
    long doneUpTo() {
        LongSupplier known = doneUpTo;
        return known == null ? -1 : known.getAsLong();
    }

    @Nullable Duration maxProcessing() {
        return maxProcessing;
    }

    Consumer<TopicMessage> onSlow() {
        return onSlow;
    }

    /** Returns the polls, one of each partition. */
    List<ConsumeRequest> requests() {
        return partitions.isEmpty()
                ? List.of(request)
                : partitions.stream().map(request::partition).toList();
    }
}
