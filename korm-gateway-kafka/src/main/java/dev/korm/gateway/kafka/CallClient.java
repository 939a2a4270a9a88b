package dev.korm.gateway.kafka;

import dev.korm.StoreException.Outcome;
import dev.korm.gateway.query.CallBuffers;
import dev.korm.gateway.query.CallBuffers.Answer;
import dev.korm.gateway.query.CallBuffers.Call;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.wire.RefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls over topics: a request, and the answer with its correlation on a topic of this process. Safe for many threads. */
final class CallClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway.kafka");

    private final KafkaSettings settings;
    private final Broker broker;
    private final KafkaProducer<String, byte[]> producer;
    private final String replies;
    private final Map<String, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Loop loop;

    CallClient(KafkaSettings settings, Broker broker, KafkaProducer<String, byte[]> producer) {
        this.settings = settings;
        this.broker = broker;
        this.producer = producer;
        replies = settings.replies().orElseGet(CallClient::unique);
        broker.require(Set.of(replies, settings.requests()));
        KafkaConsumer<String, byte[]> consumer = broker.consumer(Optional.empty(), "latest");
        try {
            Broker.takeAll(consumer, List.of(replies));
        } catch (RuntimeException failed) {
            consumer.close();
            throw failed;
        }
        loop = new Loop("answers", consumer, this::accept);
    }

    private static String unique() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException unnamed) {
            host = "host";
        }
        return "sql.rpc.responses.ws." + host + "." + ProcessHandle.current().pid() + "." + UUID.randomUUID();
    }

    /**
     * Calls a method, and waits for the answer.
     *
     * @param followed the routing key where the rows of a query that is followed are asked for
     * @throws RefusedException when the service refuses it
     * @throws TopicException when the brokers or the service do not answer in time
     */
    JsonNode call(
            String method,
            String company,
            String table,
            ObjectNode payload,
            Optional<QuerySpec> query,
            Optional<String> followed) {
        String correlation = UUID.randomUUID().toString();
        byte[] bytes = CallBuffers.write(new Call(correlation, replies, method, company, table, payload, query));
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(correlation, answer);
        try {
            // The key of what is followed leads to the process that tells its changes.
            ProducerRecord<String, byte[]> request =
                    new ProducerRecord<>(settings.requests(), followed.orElse(correlation), bytes);
            followed.ifPresent(
                    key -> request.headers().add(KafkaService.FOLLOWED, key.getBytes(StandardCharsets.UTF_8)));
            Broker.send(producer, request);
            return answer.get(settings.requestTime().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new TopicException(
                    "No service answers on the topic " + settings.requests() + " in time; look after it",
                    method.startsWith("GET_") ? Outcome.NOT_APPLIED : Outcome.UNKNOWN,
                    late);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RefusedException refused) {
                throw new RefusedException(refused.code(), String.valueOf(refused.getMessage()));
            }
            throw new TopicException("The service behind the topics failed", Outcome.UNKNOWN, failed.getCause());
        } catch (InterruptedException stopped) {
            throw Broker.interrupted(stopped);
        } finally {
            waiting.remove(correlation);
        }
    }

    boolean isFailing() {
        return loop.isFailing();
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        for (ConsumerRecord<String, byte[]> record : records) {
            Answer answer;
            try {
                answer = CallBuffers.answer(record.value());
            } catch (RefusedException broken) {
                LOG.warn("An answer cannot be read: {}", broken.getMessage());
                CompletableFuture<JsonNode> caller = record.key() == null ? null : waiting.get(record.key());
                if (caller != null) {
                    caller.completeExceptionally(broken);
                }
                continue;
            }
            CompletableFuture<JsonNode> caller = waiting.get(answer.correlation());
            if (caller == null) {
                continue;
            }
            if (answer.error().isEmpty()) {
                caller.complete(answer.data());
            } else {
                Header code = record.headers().lastHeader(KafkaService.CODE);
                caller.completeExceptionally(new RefusedException(
                        code != null
                                ? new String(code.value(), StandardCharsets.UTF_8)
                                : answer.badRequest() ? "bad_request" : "internal",
                        answer.error().get()));
            }
        }
    }

    @Override
    public void close() {
        loop.close();
        waiting.values()
                .forEach(each ->
                        each.completeExceptionally(new TopicException("The gateway ends", Outcome.UNKNOWN, null)));
        if (settings.replies().isEmpty()) {
            broker.delete(replies);
        }
    }
}
