package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.Accounts;
import dev.korm.testkit.kalam.data.Caller;
import dev.korm.testkit.kalam.data.Change;
import dev.korm.testkit.kalam.data.SqlFailure;
import dev.korm.testkit.kalam.data.SqlResult;
import dev.korm.testkit.kalam.data.TableDef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One WebSocket of the server: who it belongs to, its subscriptions, and the queue of what is to be sent. It is public since Jetty calls it, and nobody else does.
 */
public final class LiveSession extends Session.Listener.Abstract implements Session.Listener.AutoDemanding {
    private static final int QUEUED = 128;
    private static final int SUBSCRIPTIONS_PER_USER = 10;
    private static final int GZIP_FROM = 512;
    private static final int CAP = 1000;

    @SuppressWarnings("ArrayRecordComponent")
    private record Frame(byte[] json, boolean isNotification, boolean isRawText, boolean isRawBinary) {}

    private final KalamServer server;
    private final @Nullable String bearer;
    private final boolean compresses;
    private final Map<String, LiveSubscription> subscriptions = new ConcurrentHashMap<>();
    private final Deque<Frame> queue = new ArrayDeque<>();
    private int notifications;
    private boolean isSending;
    private volatile @Nullable Caller caller;
    private volatile long lastFrame = System.nanoTime();
    private @Nullable ScheduledFuture<?> watch;

    LiveSession(KalamServer server, @Nullable String bearer, boolean compresses) {
        this.server = server;
        this.bearer = bearer;
        this.compresses = compresses;
    }

    @Override
    public void onWebSocketOpen(Session session) {
        super.onWebSocketOpen(session);
        server.hub().add(this);
        long started = System.nanoTime();
        watch = server.timer().scheduleWithFixedDelay(() -> watch(started), 200, 200, TimeUnit.MILLISECONDS);
        String token = bearer;
        if (token != null) {
            server.faults().authenticate(() -> authenticate(token));
        }
    }

    private void watch(long started) {
        long now = System.nanoTime();
        if (caller == null && now - started > server.authTimeout().toNanos()) {
            send(Map.of("type", "auth_error", "message", "Authentication timeout"));
            close(1008, "Authentication timeout");
        } else if (now - lastFrame > server.clientTimeout().toNanos()) {
            close(1000, "Heartbeat timeout");
        }
    }

    private void authenticate(String token) {
        try {
            Caller known = server.accounts().caller(token);
            caller = known;
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.put("type", "auth_success");
            answer.put("user", known.user());
            answer.put("role", known.role());
            answer.put("protocol", Map.of("serialization", "json", "compression", "gzip"));
            send(answer);
        } catch (Accounts.Refused e) {
            send(Map.of("type", "auth_error", "message", "Invalid credentials"));
            close(1008, "Authentication failed");
        }
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        server.hub().remove(this);
        ScheduledFuture<?> watching = watch;
        if (watching != null) {
            watching.cancel(false);
        }
        subscriptions.clear();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        // A client that goes away is no error of the server's.
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
        lastFrame = System.nanoTime();
        Session session = getSession();
        if (session != null && !server.faults().isMute()) {
            session.sendPong(payload, Callback.NOOP);
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        lastFrame = System.nanoTime();
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        lastFrame = System.nanoTime();
        error("protocol", "UNSUPPORTED_DATA", "Binary frames are not supported");
        callback.succeed();
    }

    @Override
    public void onWebSocketText(String text) {
        lastFrame = System.nanoTime();
        if (server.faults().isMute()) {
            return;
        }
        JsonNode message;
        try {
            message = JsonMapper.shared().readTree(text);
            handle(message);
        } catch (JacksonException | IllegalArgumentException e) {
            close(1011, "Invalid message");
        }
    }

    private void handle(JsonNode message) {
        String type = message.path("type").asString("");
        Caller known = caller;
        switch (type) {
            case "ping" -> {}
            case "authenticate" -> {
                if (!message.path("protocol").has("serialization")
                        || !message.path("protocol").has("compression")) {
                    throw new IllegalArgumentException("missing field");
                }
                String token = message.path("token").asString("");
                server.faults().authenticate(() -> authenticate(token));
            }
            case "subscribe" -> {
                if (known == null) {
                    error("subscribe", "AUTH_REQUIRED", "Authentication required");
                } else {
                    subscribe(known, message.path("subscription"));
                }
            }
            case "next_batch" -> {
                if (known != null) {
                    nextBatch(known, message);
                }
            }
            case "unsubscribe" ->
                subscriptions.remove(message.path("subscription_id").asString(""));
            default -> throw new IllegalArgumentException("unknown type");
        }
    }

    private void subscribe(Caller known, JsonNode request) {
        String id = request.path("id").asString("");
        if (id.isBlank()) {
            error("invalid_subscription", "INVALID_SUBSCRIPTION_ID", "Subscription id is blank");
            return;
        }
        JsonNode options = request.path("options");
        JsonNode from = options.path("from").isMissingNode() ? options.path("from_seq_id") : options.path("from");
        if (!from.isMissingNode() && !from.isNull() && !from.isIntegralNumber()) {
            throw new IllegalArgumentException("from");
        }
        int batch = options.path("batch_size").asInt(CAP);
        int newest = options.path("last_rows").asInt(0);
        if (newest > batch) {
            error(id, "UNSUPPORTED", "last_rows must not exceed batch_size");
            return;
        }
        if (!subscriptions.containsKey(id) && server.hub().subscriptionsOf(known.user()) >= SUBSCRIPTIONS_PER_USER) {
            error(id, "SUBSCRIPTION_LIMIT_EXCEEDED", "Too many subscriptions");
            return;
        }
        try {
            LiveSubscription subscription =
                    LiveSubscription.of(id, request.path("sql").asString(""), known, server.tables());
            boolean isLoading = options.isObject();
            // A change is either in the snapshot or published behind it.
            server.hub().lock().lock();
            try {
                if (isLoading) {
                    subscription.load();
                }
                subscriptions.put(id, subscription);
                acknowledge(subscription, isLoading);
                if (isLoading) {
                    batch(known, subscription, from.asLong(0), 0, batch, newest);
                }
            } finally {
                server.hub().lock().unlock();
            }
        } catch (SqlFailure e) {
            error(id, e.code().equals("PERMISSION_DENIED") ? "UNAUTHORIZED" : e.code(), String.valueOf(e.getMessage()));
        }
    }

    private void acknowledge(LiveSubscription subscription, boolean isLoading) {
        List<Map<String, Object>> schema = new ArrayList<>();
        for (TableDef.Column column : subscription.columns()) {
            schema.add(SqlResult.field(column.name(), column.type(), schema.size(), column));
        }
        Map<String, @Nullable Object> ack = new LinkedHashMap<>();
        ack.put("type", "subscription_ack");
        ack.put("subscription_id", subscription.id());
        ack.put("total_rows", 0);
        ack.put("batch_control", control(0, isLoading, isLoading ? "loading" : "ready", null));
        ack.put("schema", schema);
        send(ack);
    }

    private static Map<String, @Nullable Object> control(
            int number, boolean hasMore, String status, @Nullable Long last) {
        Map<String, @Nullable Object> control = new LinkedHashMap<>();
        control.put("batch_num", number);
        control.put("has_more", hasMore);
        control.put("status", status);
        control.put("last_seq_id", last);
        return control;
    }

    private void nextBatch(Caller known, JsonNode message) {
        String id = message.path("subscription_id").asString("");
        LiveSubscription subscription = subscriptions.get(id);
        if (subscription == null) {
            error(id, "BATCH_FETCH_FAILED", "Unknown subscription");
            return;
        }
        server.hub().lock().lock();
        try {
            batch(known, subscription, message.path("last_seq_id").asLong(0), 1, CAP, 0);
        } finally {
            server.hub().lock().unlock();
        }
    }

    private final Map<String, Integer> batchSizes = new ConcurrentHashMap<>();

    private void batch(Caller known, LiveSubscription subscription, long after, int number, int size, int newest) {
        int limit = number == 0 ? size : batchSizes.getOrDefault(subscription.id(), size);
        batchSizes.put(subscription.id(), limit);
        boolean isLossy = server.has(Trap.LOSSY_SNAPSHOTS);
        boolean isNewest = newest > 0 && after == 0;
        int asked = isNewest ? newest : limit + 1;
        int served = isLossy ? Math.min(asked, CAP) : asked;
        String sql = subscription.batch(known.user(), after, served, isNewest, isLossy);
        List<@Nullable Object[]> rows;
        try {
            rows = server.database().locked(open -> open.rows(sql));
        } catch (SqlFailure e) {
            error(subscription.id(), "BATCH_FETCH_FAILED", String.valueOf(e.getMessage()));
            return;
        }
        boolean hasMore = !isNewest && rows.size() > limit;
        List<Map<String, @Nullable Object>> sent = rows.stream()
                .limit(isNewest ? newest : limit)
                .map(subscription::row)
                .toList();
        Long last = sent.isEmpty()
                ? null
                : Long.valueOf(String.valueOf(sent.get(sent.size() - 1).get("_seq")));
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("type", "initial_data_batch");
        message.put("subscription_id", subscription.id());
        message.put("rows", sent);
        message.put(
                "batch_control",
                control(number, hasMore, hasMore ? (number == 0 ? "loading" : "loading_batch") : "ready", last));
        send(message);
        if (!hasMore && subscription.isLoading()) {
            long boundary = sent.stream()
                    .mapToLong(row -> Long.parseLong(String.valueOf(row.get("_seq"))))
                    .max()
                    .orElse(after);
            subscription.ready(boundary).forEach(change -> notify(subscription, change));
        }
    }

    boolean isOf(String user) {
        Caller known = caller;
        return known != null && known.user().equals(user);
    }

    int subscriptionCount() {
        return subscriptions.size();
    }

    void changed(Change change) {
        for (LiveSubscription subscription : subscriptions.values()) {
            if (subscription.accepts(change)) {
                notify(subscription, change);
            }
        }
    }

    private void notify(LiveSubscription subscription, Change change) {
        if (server.faults().dropsNotification()) {
            return;
        }
        byte[] json = JsonMapper.shared().writeValueAsBytes(subscription.frame(change));
        for (int i = server.faults().copies(); i > 0; i--) {
            enqueue(new Frame(json, true, false, false));
        }
    }

    private void error(String id, String code, String message) {
        send(Map.of("type", "error", "subscription_id", id, "code", code, "message", message));
    }

    private void send(Map<String, ? extends @Nullable Object> message) {
        enqueue(new Frame(JsonMapper.shared().writeValueAsBytes(message), false, false, false));
    }

    void sendRaw(byte[] content, boolean isBinary) {
        enqueue(new Frame(content, false, !isBinary, isBinary));
    }

    /** Begins a message that never ends, between those of the queue. */
    void sendUnfinished(String text) {
        Session session = getSession();
        if (session != null) {
            session.sendPartialText(text, false, Callback.NOOP);
        }
    }

    /** Queues a frame; a notification that finds the queue full is dropped, when the trap is set. */
    private void enqueue(Frame frame) {
        synchronized (queue) {
            if (frame.isNotification()) {
                if (notifications >= QUEUED && server.has(Trap.DROPPED_EVENTS)) {
                    return;
                }
                notifications++;
            }
            queue.addLast(frame);
            if (isSending) {
                return;
            }
            isSending = true;
        }
        sendNext();
    }

    private void sendNext() {
        Frame frame;
        synchronized (queue) {
            frame = queue.pollFirst();
            if (frame == null) {
                isSending = false;
                return;
            }
            if (frame.isNotification()) {
                notifications--;
            }
        }
        Session session = getSession();
        if (session == null || !session.isOpen()) {
            return;
        }
        Callback sent = Callback.from(this::sendNext, failure -> session.disconnect());
        byte[] zipped = frame.json();
        boolean isZipped = frame.isRawBinary();
        if (compresses && !frame.isRawText() && !frame.isRawBinary() && frame.json().length >= GZIP_FROM) {
            zipped = zipped(frame.json());
            isZipped = zipped.length < frame.json().length;
        }
        if (isZipped) {
            session.sendBinary(ByteBuffer.wrap(zipped), sent);
        } else {
            session.sendText(new String(frame.json(), StandardCharsets.UTF_8), sent);
        }
    }

    static byte[] zipped(byte[] json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void close(int code, String reason) {
        Session session = getSession();
        if (session != null) {
            session.close(code, reason, Callback.NOOP);
        }
    }

    void abort() {
        Session session = getSession();
        if (session != null) {
            session.disconnect();
        }
    }
}
