package dev.korm.gateway.kafka;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.StoreException;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.config.TopicsProvider;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.query.CallBuffers;
import dev.korm.gateway.query.CallBuffers.Answer;
import dev.korm.gateway.query.CallBuffers.Call;
import dev.korm.gateway.query.QueryBuffers;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.PoolSource;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers from a pool over topics: calls that gateways send are answered, and of queries that they follow each change is published.
 *
 * <pre>{@code
 * try (KafkaService service = KafkaService.start(pool, policy, Limits.DEFAULT, KafkaSettings.at("broker:9092"))) {
 *     …
 * }
 * }</pre>
 *
 * <p>Over topics only the tenant of a client is known, so that the policy is asked for a user without a name. A call is made at most once: one that was read by a process which ended
 * is not made, and the caller learns no more than that its time is over. Several processes share the work; the topics of calls and of queries must have as many partitions as one
 * another. Safe for many threads. The pool stays the caller's, to be closed after this.
 */
public final class KafkaService implements TopicsProvider.Service {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");

    /** The header of a call for the rows of a query that is followed: its routing key. */
    static final String FOLLOWED = "korm-followed";

    /** The header of an answer that is an error: the word that clients know it by. */
    static final String CODE = "korm-code";

    private final KafkaSettings settings;
    private final Broker broker;
    private final PoolSource source;
    private final ScheduledThreadPoolExecutor workers;
    private final Limits limits;
    private final KafkaProducer<String, byte[]> replies;
    private final KafkaProducer<String, byte[]> changes;
    private final EventPublisher events;
    private final ServedQueries queries;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<Integer, Long> replayed = new ConcurrentHashMap<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Loop loop;

    private KafkaService(Pool pool, AccessPolicy policy, Limits limits, KafkaSettings settings) {
        this.settings = settings;
        this.limits = limits;
        broker = new Broker(settings);
        try {
            broker.require(Set.of(settings.requests(), settings.control(), settings.rowEvents()));
        } catch (RuntimeException failed) {
            broker.close();
            throw failed;
        }
        source = new PoolSource(pool, policy, limits);
        AtomicInteger number = new AtomicInteger();
        workers = new ScheduledThreadPoolExecutor(limits.workers(), task -> {
            Thread thread = new Thread(task, "korm-gateway-service-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        workers.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        replies = broker.producer();
        changes = broker.producer();
        events = new EventPublisher(changes, settings.rowEvents());
        queries = new ServedQueries(source, events, workers);
        // Whoever comes first finds calls that wait; one that nobody waits for any more is passed over.
        consumer = broker.consumer(Optional.of(settings.serving()), "earliest");
        consumer.subscribe(List.of(settings.requests(), settings.control()), new Assignments());
        loop = new Loop("service", consumer, this::accept);
    }

    /**
     * Starts answering. Topics that are not there are made.
     *
     * @param policy what the tenants may see and change
     * @throws TopicException when the brokers do not answer
     */
    public static KafkaService start(Pool pool, AccessPolicy policy, Limits limits, KafkaSettings settings) {
        return new KafkaService(
                requireNonNull(pool, "pool"),
                requireNonNull(policy, "policy"),
                requireNonNull(limits, "limits"),
                requireNonNull(settings, "settings"));
    }

    /** Returns the client that a tenant is to the policy. */
    static Identity client(String tenant) {
        return Identity.of(tenant, "");
    }

    /** Returns how many queries are followed over topics. */
    public int queries() {
        return queries.size();
    }

    /** Returns how many events wait to be put on their topic. */
    public int waitingEvents() {
        return events.waiting();
    }

    /** Returns how many queries have lost an event, and are to be told so. */
    int lostQueries() {
        return events.lost();
    }

    /** Returns whether the brokers answer within this time, and records are read. */
    @Override
    public boolean isReady(Duration limit) {
        return !loop.isFailing() && broker.isReady(limit);
    }

    /** Reads the control topic from its beginning wherever this process gets a part of it, since what is followed stands in it. */
    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            List<TopicPartition> control = assigned.stream()
                    .filter(each -> each.topic().equals(settings.control()))
                    .toList();
            consumer.endOffsets(control).forEach((each, end) -> replayed.put(each.partition(), end));
            consumer.seekToBeginning(control);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            Set<Integer> gone = new HashSet<>();
            revoked.stream()
                    .filter(each -> each.topic().equals(settings.control()))
                    .forEach(each -> gone.add(each.partition()));
            queries.endAll(gone::contains);
        }
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
        for (ConsumerRecord<String, byte[]> each : records.records(settings.requests())) {
            read.put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.offset() + 1));
        }
        for (ConsumerRecord<String, byte[]> each : records.records(settings.control())) {
            control(each);
        }
        if (!read.isEmpty()) {
            // Before they are made: a call that adds a row must not be made twice.
            consumer.commitSync(read, Broker.LIMIT);
            records.records(settings.requests()).forEach(this::take);
        }
    }

    private void control(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null) {
            return;
        }
        if (record.value() == null) {
            queries.end(record.key());
            return;
        }
        try {
            RoutingKey.read(record.key());
            boolean old = record.offset() < replayed.getOrDefault(record.partition(), 0L);
            queries.follow(record.key(), record.partition(), QueryBuffers.read(record.value()), old);
        } catch (RefusedException refused) {
            LOG.warn("A query of the control topic is not followed: {}", refused.getMessage());
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            return;
        }
        long age = System.currentTimeMillis() - record.timestamp();
        if (age > settings.requestTime().toMillis()) {
            LOG.debug("A call is not made: it is {} ms old, and nobody waits for the answer", age);
            return;
        }
        if (pending.incrementAndGet() > limits.pendingRequests() * limits.workers()) {
            pending.decrementAndGet();
            Call address = CallBuffers.address(record.value());
            reply(address, failed(address, "Too many calls wait; this one is not made", false), "overloaded");
            return;
        }
        workers.execute(() -> {
            try {
                answer(record);
            } finally {
                pending.decrementAndGet();
            }
        });
    }

    private void answer(ConsumerRecord<String, byte[]> record) {
        Call call = CallBuffers.address(record.value());
        Answer answer;
        String code = "";
        try {
            call = CallBuffers.call(record.value());
            Header followed = record.headers().lastHeader(FOLLOWED);
            answer = Answer.of(
                    call.correlation(),
                    followed == null
                            ? source.call(client(call.company()), call)
                            : rows(new String(followed.value(), StandardCharsets.UTF_8), record.partition(), call));
        } catch (RefusedException refused) {
            code = refused.code();
            answer = failed(call, String.valueOf(refused.getMessage()), true);
        } catch (StoreException away) {
            LOG.warn("A store failed", away);
            code = "store_unavailable";
            answer = failed(call, "The store does not answer; try again later", false);
        } catch (KormException failure) {
            code = "bad_request";
            answer = failed(call, String.valueOf(failure.getMessage()), true);
        } catch (RuntimeException unexpected) {
            LOG.warn("A call of {} failed", call.method(), unexpected);
            code = "internal";
            answer = failed(call, "The service failed; its log says why", false);
        }
        reply(call, answer, code);
    }

    private static Answer failed(Call call, String message, boolean bad) {
        return Answer.failed(call.correlation(), message, bad);
    }

    /** Returns the rows of a query that is followed from now on, and their version, which each change tells that it follows. */
    private ObjectNode rows(String key, int partition, Call call) {
        RoutingKey parts = RoutingKey.read(key);
        QuerySpec query =
                call.query().orElseGet(() -> new QuerySpec("", Optional.empty(), List.of(), List.of(), 0, 1, true));
        if (!parts.tenant().equals(call.company()) || !parts.table().equals(call.table())) {
            throw RefusedException.bad("The routing key is not that of the tenant and the table of the call");
        }
        queries.require(key, partition, query);
        First first = new First();
        Registration following = source.follow(client(parts.tenant()), parts.table(), parts.hashId(), query, first);
        try {
            return first.rows.get(settings.requestTime().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new RefusedException("timeout", "The store does not answer in time");
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KormException failure
                    ? failure
                    : RefusedException.bad("The rows cannot be read");
        } catch (InterruptedException stopped) {
            throw Broker.interrupted(stopped);
        } finally {
            following.close();
        }
    }

    /** Waits for the rows, and wants no more. */
    private final class First implements Subscriber {
        private final CompletableFuture<ObjectNode> rows = new CompletableFuture<>();

        @Override
        public void snapshot(long version, List<Row> all) {
            long size = 0;
            ObjectNode answer = Json.MAPPER.createObjectNode();
            ArrayNode found = answer.putArray("rows");
            for (Row row : all) {
                size += row.json().length();
                if (size > limits.snapshotBytes()) {
                    rows.completeExceptionally(new RefusedException(
                            "too_large",
                            "The rows are larger than " + limits.snapshotBytes() + " bytes; ask for fewer"));
                    return;
                }
                found.add(Json.MAPPER.readTree(row.json()));
            }
            answer.putObject("cursor").put(Change.LSN, Long.toString(version));
            rows.complete(answer);
        }

        @Override
        public void change(long version, RowEvent event) {
            // The rows are enough.
        }

        @Override
        public void page(long version, byte[] diff) {
            // The rows are enough.
        }

        @Override
        public void failed(KormException failure) {
            rows.completeExceptionally(failure);
        }
    }

    private void reply(Call call, Answer answer, String code) {
        if (call.replyTopic().isEmpty()) {
            LOG.debug("A call names no topic for its answer");
            return;
        }
        try {
            ProducerRecord<String, byte[]> made =
                    new ProducerRecord<>(call.replyTopic(), call.correlation(), CallBuffers.write(answer));
            if (!code.isEmpty()) {
                made.headers().add(CODE, code.getBytes(StandardCharsets.UTF_8));
            }
            Future<?> unused = replies.send(made, (done, failed) -> {
                if (failed instanceof RecordTooLargeException && answer.error().isEmpty()) {
                    workers.execute(() -> reply(
                            call,
                            failed(call, "The answer is larger than the brokers take; ask for fewer rows", true),
                            "too_large"));
                } else if (failed != null) {
                    LOG.warn("An answer is not sent, so that its caller waits in vain: {}", failed.toString());
                }
            });
        } catch (KafkaException | IllegalStateException failed) {
            LOG.warn("An answer is not sent, so that its caller waits in vain: {}", failed.toString());
        }
    }

    /** Ends it: what is followed ends, and no thread is left. Twice is fine. */
    @Override
    public void close() {
        loop.close();
        queries.close();
        events.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(limits.requestTime().toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        source.close();
        replies.close(Broker.LIMIT);
        changes.close(Broker.LIMIT);
        broker.close();
    }
}
