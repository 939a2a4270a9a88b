package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** A message of a topic: a change of a row. Its id is its place; the key is not, since a row has many changes. */
public final class TopicMessage {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String topic;
    private final String group;
    private final int partition;
    private final long offset;
    private final @Nullable String key;
    private final @Nullable Instant timestamp;
    private final @Nullable String user;
    private final String op;
    private final byte @Nullable [] payload;

    private TopicMessage(String topic, String group, JsonNode json) {
        this.topic = topic;
        this.group = group;
        this.partition = json.path("partition_id").asInt(0);
        if (!json.path("offset").isIntegralNumber()) {
            throw new KalamDataException("A message of topic " + topic + " has no offset", null);
        }
        this.offset = json.path("offset").asLong();
        this.key = text(json.path("key"));
        this.timestamp = json.path("timestamp_ms").isIntegralNumber()
                ? Instant.ofEpochMilli(json.path("timestamp_ms").asLong())
                : null;
        // Older servers said username and value.
        this.user = json.has("user") ? text(json.path("user")) : text(json.path("username"));
        this.op = json.path("op").asString("");
        this.payload = decoded(json.has("payload") ? json.path("payload") : json.path("value"));
    }

    static TopicMessage of(String topic, String group, JsonNode json) {
        return new TopicMessage(topic, group, json);
    }

    private static @Nullable String text(JsonNode json) {
        return json.isString() ? json.stringValue() : null;
    }

    private static byte @Nullable [] decoded(JsonNode json) {
        try {
            return json.isString() ? Base64.getDecoder().decode(json.stringValue()) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns the topic. */
    public String topic() {
        return topic;
    }

    /** Returns the group that it was consumed for. */
    public String group() {
        return group;
    }

    /** Returns the partition. */
    public int partition() {
        return partition;
    }

    /** Returns the place in the partition, from 0 on without gaps. */
    public long offset() {
        return offset;
    }

    /** Returns the id, the same with each delivery. */
    public String messageId() {
        return topic + ":" + partition + ":" + offset;
    }

    /** Returns the row's key as a text. */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /** Returns when the row was changed. */
    public Optional<Instant> timestamp() {
        return Optional.ofNullable(timestamp);
    }

    /** Returns whose row it is; rows of SHARED tables are nobody's. */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** Returns the operation. */
    public TopicOp op() {
        try {
            return TopicOp.valueOf(op.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new KalamDataException("Message " + messageId() + " is of an operation that is not known", null);
        }
    }

    /** Returns the payload's bytes. */
    public byte[] payloadBytes() {
        if (payload == null) {
            throw new KalamDataException("The payload of message " + messageId() + " is missing, or no base64", null);
        }
        return payload.clone();
    }

    /** Returns the payload as JSON. */
    public JsonNode payload() {
        try {
            return JsonMapper.shared().readTree(payloadBytes());
        } catch (JacksonException e) {
            throw new KalamDataException("The payload of message " + messageId() + " is no JSON", null);
        }
    }

    /** Returns the row: the payload, or what it holds as {@code row}. */
    public JsonNode row() {
        JsonNode whole = payload();
        if (!whole.isObject()) {
            throw new KalamDataException("The payload of message " + messageId() + " is no row", null);
        }
        return whole.path("row").isObject() ? whole.path("row") : whole;
    }

    /** Returns the row as an object, whose properties are columns in snake_case. Times come as numbers, microseconds of them. */
    public <T> T rowAs(Class<T> type) {
        requireNonNull(type, "type");
        JsonNode row = row();
        if (type == JsonNode.class) {
            return type.cast(row);
        }
        try {
            return MAPPER.treeToValue(row, type);
        } catch (JacksonException e) {
            throw new KalamDataException("The row of message " + messageId() + " is no " + type.getSimpleName(), null);
        }
    }

    @Override
    public String toString() {
        return "TopicMessage[" + messageId() + ", " + op + "]";
    }
}
