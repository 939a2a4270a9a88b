package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireKeys;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.http.HttpTransport;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Topics: they are made of the changes of tables, and read by groups. The user needs the role service, dba or system.
 *
 * <p>An acknowledgement holds for all messages before, and for the whole group. So there is to be one worker for each partition of a group: of several, the one
 * that acknowledges more takes with it what another has not done.
 */
public final class Topics {
    private final HttpTransport transport;
    private final KalamSql sql;

    /** Makes the topics of a client. */
    @SuppressWarnings("exports")
    public Topics(HttpTransport transport, KalamSql sql) {
        this.transport = transport;
        this.sql = sql;
    }

    KalamSql sql() {
        return sql;
    }

    /** Makes a topic of {@code namespace.name}. */
    public void create(String topic, int partitions) {
        requireNonNull(topic, "topic");
        if (partitions < 1 || partitions > 1000) {
            throw new IllegalArgumentException("A topic has 1 to 1,000 partitions");
        }
        sql.query("CREATE TOPIC " + Names.topic(topic) + " PARTITIONS " + partitions);
    }

    /** Makes a topic, unless there is one; returns whether it was made. */
    public boolean createIfAbsent(String topic, int partitions) {
        requireNonNull(topic, "topic");
        try {
            create(topic, partitions);
            return true;
        } catch (KalamHttpException e) {
            // The server has no other word for it than its text.
            if (e.serverMessage().contains("already exists")) {
                return false;
            }
            throw e;
        }
    }

    /** Has each change of a table by this operation become a message. */
    public void addSource(String topic, String table, TopicOp operation) {
        requireNonNull(topic, "topic");
        requireNonNull(table, "table");
        requireNonNull(operation, "operation");
        sql.query("ALTER TOPIC " + Names.topic(topic) + " ADD SOURCE " + Names.qualified(table) + " ON " + operation);
    }

    /** Deletes the messages of a topic; offsets go on. */
    public void clear(String topic) {
        requireNonNull(topic, "topic");
        sql.query("CLEAR TOPIC " + Names.topic(topic));
    }

    /** Deletes a topic. */
    public void drop(String topic) {
        requireNonNull(topic, "topic");
        sql.query("DROP TOPIC " + Names.topic(topic));
    }

    /** Polls. The server answers at once, also when there is nothing. */
    public ConsumeBatch consume(ConsumeRequest request) {
        requireNonNull(request, "request");
        return consume(request, null);
    }

    /** Polls by a limit, null for the client's. It is no read, which the client would repeat: a poll whose answer is lost has claimed its messages. */
    ConsumeBatch consume(ConsumeRequest request, @Nullable Duration timeout) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("topic_id", request.topic());
        body.put("group_id", request.group());
        body.put("start", request.start().json());
        body.put("limit", request.limit());
        body.put("partition_id", request.partition());
        JsonNode json = transport.post("A poll of a topic", "/v1/api/topics/consume", body, false, timeout);
        if (!json.path("messages").isArray()) {
            throw new KalamProtocolException("The answer to a poll has no messages", false, null);
        }
        List<TopicMessage> messages = new ArrayList<>();
        json.path("messages")
                .forEach(message -> messages.add(TopicMessage.of(request.topic(), request.group(), message)));
        return new ConsumeBatch(messages, json.path("has_more").asBoolean(false));
    }

    /**
     * Returns the offset of the first message that a group has not acknowledged: behind the newest that it has, else where it begins. Empty where that is the
     * end of the topic, which nobody knows later, and where the server does not say it: it does to the roles dba and system alone.
     */
    OptionalLong unacknowledged(ConsumeRequest request) {
        try {
            return sql.queryOne(
                            "SELECT last_acked_offset FROM system.topic_offsets WHERE topic_id = $1 AND group_id = $2 AND partition_id = $3",
                            request.topic(),
                            request.group(),
                            request.partition())
                    .map(row -> OptionalLong.of(row.getLong("last_acked_offset") + 1))
                    .orElseGet(request.start()::first);
        } catch (KalamHttpException e) {
            if (e.status() == 429 || (e.status() >= 502 && e.status() <= 504)) {
                throw e;
            }
            return OptionalLong.empty();
        }
    }

    /** Acknowledges all messages up to this one, for the whole group. */
    public void ack(String topic, String group, int partition, long upToOffset) {
        ack(topic, group, partition, upToOffset, null);
    }

    /** Acknowledges by a limit, null for the client's. */
    void ack(String topic, String group, int partition, long upToOffset, @Nullable Duration timeout) {
        requireNonNull(topic, "topic");
        requireNonNull(group, "group");
        ConsumeRequest.checkGroup(group);
        ConsumeRequest.checkPartition(partition);
        if (upToOffset < 0) {
            throw new IllegalArgumentException("An offset is not negative");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("topic_id", Names.topic(topic));
        body.put("group_id", group);
        body.put("partition_id", partition);
        body.put("upto_offset", upToOffset);
        JsonNode json = transport.post("An acknowledgement", "/v1/api/topics/ack", body, true, timeout);
        if (!json.path("success").asBoolean(false)) {
            throw new KalamProtocolException("An acknowledgement was not confirmed", true, null);
        }
    }

    /** Acknowledges all messages up to this one, for the whole group. */
    public void ack(TopicMessage message) {
        requireNonNull(message, "message");
        ack(message.topic(), message.group(), message.partition(), message.offset());
    }

    /** Returns a consumer, which hands over one message after another. */
    public TopicConsumer consumer(ConsumeRequest request) {
        requireNonNull(request, "request");
        return new TopicConsumer(this, request);
    }

    /**
     * Returns a consumer by settings as consumers of Kafka have them, written with underscores or, which counts less, with dots: {@code topic}, {@code group_id},
     * {@code partition_id} (0), {@code auto_offset_reset} (latest), {@code max_poll_records} (100), {@code enable_auto_commit} (true), and in milliseconds
     * {@code auto_commit_interval} (5,000; of Kafka {@code auto.commit.interval.ms}), {@code poll_timeout} (30,000; {@code fetch.max.wait.ms}: the consumer waits,
     * since the server answers at once), {@code request_timeout} (30,000; {@code request.timeout.ms}) and {@code retry_backoff} (500;
     * {@code retry.backoff.ms}: before the second and the third attempt). Others are refused by name.
     */
    public TopicConsumer consumer(Map<String, String> settings) {
        requireKeys(settings, "settings");
        requireElements(settings.values(), "settings");
        ConsumerSettings read = ConsumerSettings.of(settings);
        return consumer(read.request())
                .autoAck(read.isAutoAck())
                .ackInterval(read.ackInterval())
                .pollTimeout(read.pollTimeout())
                .requestTimeout(read.requestTimeout())
                .retry(new RetryPolicy(3, read.retryBackoff(), read.retryBackoff(), 1, 0));
    }

    /** Returns the settings of a worker, which also retries, and goes on when the server was away. */
    public <T> WorkerBuilder<T> worker(String name, String topic, String group, Class<T> type) {
        requireNonNull(name, "name");
        requireNonNull(topic, "topic");
        requireNonNull(group, "group");
        requireNonNull(type, "type");
        return new WorkerBuilder<>(
                this, name, ConsumeRequest.of(topic, group).limit(20), message -> message.rowAs(type));
    }
}
