package dev.korm.kalam.live;

import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.SchemaField;
import dev.korm.kalam.sql.SeqId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One subscription as the connection sees it. Its methods are called by the thread that reads, or under the connection's lock. */
final class Feed {
    private final String id;
    private final String sql;
    private final SubscriptionOptions options;
    private final Consumer<LiveEvent> sink;
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private volatile List<SchemaField> schema = List.of();
    private volatile long lastSeq;
    private volatile boolean isAcked;
    private boolean wasAcked;
    private boolean isLoaded;
    private long loadingSeq;

    Feed(String id, String sql, SubscriptionOptions options, Consumer<LiveEvent> sink) {
        this.id = id;
        this.sql = sql;
        this.options = options;
        this.sink = sink;
    }

    String id() {
        return id;
    }

    CompletableFuture<Boolean> opened() {
        return opened;
    }

    List<SchemaField> schema() {
        return schema;
    }

    boolean isAcked() {
        return isAcked;
    }

    @Nullable SeqId lastSeq() {
        return lastSeq == 0 ? null : new SeqId(lastSeq);
    }

    String subscribeMessage() {
        Map<String, Object> subscription = new LinkedHashMap<>();
        subscription.put("id", id);
        subscription.put("sql", sql);
        Map<String, Object> json = options.json(isLoaded ? lastSeq() : null);
        if (json != null) {
            subscription.put("options", json);
        }
        return JsonMapper.shared().writeValueAsString(Map.of("type", "subscribe", "subscription", subscription));
    }

    void acked(JsonNode message) {
        schema = SchemaField.listOf(message.path("schema"));
        isAcked = true;
        sink.accept(new LiveEvent.Ack(schema, wasAcked));
        wasAcked = true;
        if (!options.isSnapshot()) {
            isLoaded = true;
        }
        opened.complete(true);
    }

    /** Takes a batch; returns the version to ask for the next behind, or null. */
    @Nullable Long batch(JsonNode message) {
        List<Row> rows = rows(message.path("rows"));
        for (Row row : rows) {
            loadingSeq = Math.max(loadingSeq, seq(row));
        }
        JsonNode control = message.path("batch_control");
        boolean hasMore = control.path("has_more").asBoolean(false)
                && control.path("last_seq_id").isIntegralNumber();
        if (!hasMore) {
            lastSeq = Math.max(lastSeq, loadingSeq);
            isLoaded = true;
        }
        sink.accept(new LiveEvent.InitialBatch(rows, !hasMore));
        return hasMore ? Long.valueOf(control.path("last_seq_id").asLong()) : null;
    }

    void changed(JsonNode message) {
        List<Row> rows = rows(message.path("rows"));
        List<Row> old = rows(message.path("old_values"));
        switch (message.path("change_type").asString("")) {
            case "insert" -> sink.accept(new LiveEvent.Inserted(rows));
            case "update" -> sink.accept(new LiveEvent.Updated(rows, old));
            case "delete" -> sink.accept(new LiveEvent.Deleted(old));
            default -> {
                // A kind of change that this client does not know.
            }
        }
    }

    /** Notes that an event was handled, up to which a subscription goes on after a loss. */
    void handled(LiveEvent event) {
        if (event instanceof LiveEvent.Inserted
                || event instanceof LiveEvent.Updated
                || event instanceof LiveEvent.Deleted) {
            for (Row row : event.rows()) {
                lastSeq = Math.max(lastSeq, seq(row));
            }
        }
    }

    private static long seq(Row row) {
        return row.seq().map(SeqId::value).orElse(0L);
    }

    private List<Row> rows(JsonNode array) {
        List<SchemaField> fields = schema;
        List<Row> rows = new ArrayList<>(array.size());
        for (JsonNode object : array) {
            rows.add(Row.ofObject(LiveRow.fields(fields, object), object));
        }
        return rows;
    }

    void lost() {
        if (isAcked) {
            isAcked = false;
            sink.accept(new LiveEvent.Disconnected());
        }
    }

    void failed(KalamException error, boolean isEnd) {
        sink.accept(new LiveEvent.Failed(error, isEnd));
        if (isEnd) {
            opened.completeExceptionally(error);
        }
    }
}
