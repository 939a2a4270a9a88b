package dev.korm.gateway.server;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.gateway.access.AuthenticationException;
import dev.korm.gateway.access.Credentials;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.query.QueryBuffers;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.rpc.Calls;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One client. Jetty's thread reads a frame, and answers at once what needs no store; subscriptions and calls take turns on the workers, in the order in which they came.
 *
 * <p>{@code lock} guards the identity and the subscriptions. Frames leave by the {@link Outbox}, in the order in which they were given to it.
 */
public final class Connection implements Session.Listener.AutoDemanding {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway");

    /** The client's token has ended. */
    static final int TOKEN_EXPIRED = 4401;

    /** The client goes on sending what is refused. */
    static final int TOO_MANY = 4429;

    private static final int POLICY_VIOLATION = 1008;
    private static final int GOING_AWAY = 1001;
    private static final int LONGEST_NAME = 300;

    private final Services services;
    private final String id = UUID.randomUUID().toString();
    private final TokenBucket bucket;
    private final Turns turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Subscribed> subscriptions = new HashMap<>();
    private Identity identity;
    private @Nullable Session session;
    private @Nullable Outbox outbox;
    private @Nullable Future<?> expiry;
    private @Nullable Future<?> heartbeat;
    private boolean closed;
    private int refusedInARow;
    private volatile long heardNanos = System.nanoTime();

    Connection(Services services, Identity identity) {
        this.services = services;
        this.identity = identity;
        this.bucket = new TokenBucket(
                services.limits().requestsPerSecond(), services.limits().requestBurst(), System::nanoTime);
        this.turns = new Turns(services.workers(), services.limits().pendingRequests());
    }

    Identity identity() {
        lock.lock();
        try {
            return identity;
        } finally {
            lock.unlock();
        }
    }

    boolean isSlow() {
        Outbox box = outbox;
        return box != null && box.isSlow();
    }

    int subscriptions() {
        lock.lock();
        try {
            return subscriptions.size();
        } finally {
            lock.unlock();
        }
    }

    int queuedFrames() {
        Outbox box = outbox;
        return box == null ? 0 : box.frames();
    }

    long queuedBytes() {
        Outbox box = outbox;
        return box == null ? 0 : box.bytes();
    }

    void send(String frame) {
        Outbox box = outbox;
        if (box != null) {
            box.send(frame);
        }
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        outbox = new Outbox(
                Wire.of(opened),
                services.limits().queuedFrames(),
                services.limits().queuedBytes(),
                services.traffic(),
                () -> services.workers().execute(this::dropSubscriptions));
        services.connections().add(this);
        LOG.debug("Connection {} of tenant {} is open", id, identity().tenant());
        send(Frames.typed(
                "welcome",
                Frames.data()
                        .put("connectionId", id)
                        .put(
                                "connectedClients",
                                services.connections().of(identity().tenant()).size())));
        tellOthers("user_joined");
        long ping = services.limits().ping().toNanos();
        heartbeat = services.timers().scheduleWithFixedDelay(this::beat, ping, ping, TimeUnit.NANOSECONDS);
        expireAt(identity());
    }

    @Override
    public void onWebSocketText(String message) {
        heardNanos = System.nanoTime();
        services.traffic().received.increment();
        if (!bucket.take()) {
            refuseForRate();
            return;
        }
        refusedInARow = 0;
        JsonNode frame;
        try {
            frame = Json.MAPPER.readTree(message);
        } catch (JacksonException broken) {
            frame = Json.MAPPER.missingNode();
        }
        if (frame.isMissingNode()) {
            send(Frames.typed("error", Frames.data().put("message", "Invalid JSON message")));
            return;
        }
        try {
            if (!typed(frame) && !op(frame)) {
                send(Frames.error("bad_op", null, "unknown message"));
            }
        } catch (RefusedException refused) {
            send(Frames.error(refused.code(), null, shown(refused)));
        }
    }

    @Override
    public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
        callback.succeed();
        if (last && !bucket.take()) {
            refuseForRate();
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heardNanos = System.nanoTime();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("Connection {} failed: {}", id, cause.toString());
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        List<Subscribed> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(subscriptions.values());
            subscriptions.clear();
            cancel(expiry);
            cancel(heartbeat);
        } finally {
            lock.unlock();
        }
        turns.clear();
        Outbox box = outbox;
        if (box != null) {
            box.close();
        }
        if (services.connections().remove(this)) {
            tellOthers("user_left");
        }
        LOG.debug("Connection {} is closed with {}", id, code);
        if (!open.isEmpty()) {
            services.workers().execute(() -> open.forEach(Subscribed::end));
        }
        callback.succeed();
    }

    /** Ends the connection, since the gateway does. */
    /** Tells the client that the gateway ends; done when that is on its way, or cannot be. */
    CompletableFuture<Void> goAway() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        close(GOING_AWAY, "the gateway ends", () -> told.complete(null));
        return told;
    }

    private void close(int code, String reason) {
        close(code, reason, () -> {});
    }

    private void close(int code, String reason, Runnable then) {
        Session open = session;
        if (open == null) {
            then.run();
            return;
        }
        open.close(code, reason, Callback.from(then, failure -> {
            open.disconnect();
            then.run();
        }));
    }

    private void refuseForRate() {
        services.traffic().limited.increment();
        if (++refusedInARow > services.limits().requestBurst()) {
            close(TOO_MANY, "too many messages");
            return;
        }
        send(Frames.error(
                "rate_limited",
                null,
                "More than " + services.limits().requestsPerSecond() + " messages a second; this one is not answered"));
    }

    private boolean typed(JsonNode frame) {
        JsonNode type = frame.get("type");
        if (type == null || !type.isString()) {
            return false;
        }
        switch (type.stringValue()) {
            case "ping" -> send(Frames.typed("pong", null));
            case "echo" -> send(Frames.typed("echo_response", frame.get("data")));
            case "broadcast" -> broadcast(frame.get("data"));
            case "get_status" -> {
                int clients = services.connections().of(identity().tenant()).size();
                send(Frames.typed(
                        "status",
                        Frames.data()
                                .put("connectedClients", clients)
                                .put("sessions", clients)
                                .put("uptime", services.uptime())));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void broadcast(@Nullable JsonNode message) {
        if (!services.broadcast()) {
            throw RefusedException.forbidden("Broadcasts are switched off");
        }
        ObjectNode data = Frames.data().put("from", identity().user());
        data.set("message", message == null ? Json.MAPPER.nullNode() : message);
        String frame = Frames.typed("broadcast_message", data);
        services.connections().of(identity().tenant()).forEach(each -> each.send(frame));
    }

    private void tellOthers(String type) {
        var others = services.connections().of(identity().tenant());
        if (others.size() <= services.limits().presence()) {
            String frame = Frames.typed(
                    type, Frames.data().put("userId", identity().user()).put("connectionId", id));
            others.forEach(each -> {
                if (each != this) {
                    each.send(frame);
                }
            });
        }
    }

    private boolean op(JsonNode frame) {
        JsonNode op = frame.get("op");
        if (op == null || !op.isString()) {
            return false;
        }
        return switch (op.stringValue()) {
            case "ping" -> {
                send(Frames.op("pong").toString());
                yield true;
            }
            case "subscribe" -> isName(frame.get("table")) && isName(frame.get("hashId")) && subscribe(frame);
            case "unsubscribe" -> isName(frame.get("table")) && isName(frame.get("hashId")) && unsubscribe(frame);
            case "rpc" -> isName(frame.get("method")) && rpc(frame);
            case "auth" -> frame.path("token").isString() && renew(frame);
            default -> false;
        };
    }

    private boolean unsubscribe(JsonNode frame) {
        String key = key(frame);
        turn(null, () -> end(key));
        return true;
    }

    private static boolean isName(@Nullable JsonNode node) {
        return node != null
                && node.isString()
                && !node.stringValue().isEmpty()
                && node.stringValue().length() <= LONGEST_NAME;
    }

    private static String key(JsonNode frame) {
        return frame.get("table").stringValue() + "|" + frame.get("hashId").stringValue();
    }

    private boolean subscribe(JsonNode frame) {
        JsonNode json = Json.member(frame, "queryJson");
        JsonNode binary = Json.member(frame, "queryFbB64");
        boolean hasJson = json != null
                && (json.isObject() || (json.isString() && !json.stringValue().isEmpty()));
        boolean hasBinary =
                binary != null && binary.isString() && !binary.stringValue().isEmpty();
        if (!hasJson && !hasBinary) {
            return false;
        }
        JsonNode resume = Json.member(frame, "resumeFromVersion");
        if (resume != null && (!Json.isLong(resume) || resume.decimalValue().signum() < 0)) {
            return false;
        }
        String hashId = frame.get("hashId").stringValue();
        turn(hashId, () -> {
            send(Frames.op("ack").put("hashId", hashId).toString());
            try {
                QuerySpec spec = hasJson
                        ? QueryJson.read(Json.object("queryJson", json))
                        : QueryBuffers.read(binary == null ? "" : binary.stringValue());
                if (resume != null
                        && resume.decimalValue().longValue() > services.source().newest()) {
                    send(Frames.error(
                            "version_ahead",
                            hashId,
                            "\"resumeFromVersion\" is newer than all that is known here; a fresh snapshot follows"));
                }
                begin(key(frame), hashId, frame.get("table").stringValue(), spec);
            } catch (KormException failure) {
                send(Frames.error("snapshot_failed", hashId, shown(failure)));
            }
        });
        return true;
    }

    /** Replaces a subscription of the same name, so that a client may always begin anew. */
    private void begin(String key, String hashId, String table, QuerySpec spec) {
        end(key);
        Outbox box = outbox;
        if (box == null) {
            return;
        }
        Subscribed subscribed = new Subscribed(hashId, box, services.limits().snapshotBytes());
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (subscriptions.size() >= services.limits().subscriptions()) {
                throw new RefusedException(
                        "too_many_subscriptions",
                        "A connection has at most " + services.limits().subscriptions()
                                + " subscriptions; end one first");
            }
            subscriptions.put(key, subscribed);
        } finally {
            lock.unlock();
        }
        boolean following = false;
        try (Deadline deadline =
                new Deadline(services.timers(), services.limits().requestTime())) {
            try {
                subscribed.registered(services.source().follow(identity(), table, hashId, spec, subscribed));
            } catch (KormException failure) {
                throw deadline.isPast()
                        ? new RefusedException("timeout", "The store does not answer in time")
                        : failure;
            }
            following = true;
        } finally {
            boolean gone;
            lock.lock();
            try {
                gone = !following || subscriptions.get(key) != subscribed;
                if (!following) {
                    subscriptions.remove(key, subscribed);
                }
            } finally {
                lock.unlock();
            }
            if (gone) {
                subscribed.end();
            }
        }
    }

    private void end(String key) {
        Subscribed gone;
        lock.lock();
        try {
            gone = subscriptions.remove(key);
        } finally {
            lock.unlock();
        }
        if (gone != null) {
            gone.end();
        }
    }

    private void dropSubscriptions() {
        List<Subscribed> dropped;
        lock.lock();
        try {
            dropped = List.copyOf(subscriptions.values());
            subscriptions.clear();
        } finally {
            lock.unlock();
        }
        dropped.forEach(Subscribed::end);
    }

    private boolean rpc(JsonNode frame) {
        String method = frame.get("method").stringValue();
        String correlation = Json.text(frame, null, "correlationId");
        Runnable call = () -> {
            String answer;
            try (Deadline deadline =
                    new Deadline(services.timers(), services.limits().requestTime())) {
                try {
                    Calls.requireTenant(identity(), Json.text(frame, null, "companyId"));
                    String table = Json.text(frame, "", "table");
                    JsonNode payload = Json.member(frame, "payload");
                    answer = Frames.result(
                            method,
                            correlation,
                            services.source()
                                    .call(
                                            identity(),
                                            method,
                                            table == null ? "" : table,
                                            payload == null ? Frames.data() : Json.object("payload", payload)));
                } catch (KormException failure) {
                    answer = deadline.isPast()
                            ? Frames.failure(method, correlation, "timeout", "rpc timeout")
                            : Frames.failure(method, correlation, code(failure), shown(failure));
                } catch (RuntimeException unexpected) {
                    LOG.warn("A call of {} failed", method, unexpected);
                    answer = Frames.failure(method, correlation, "internal", "The gateway failed; its log says why");
                }
            }
            send(answer);
        };
        if (!turns.add(call)) {
            send(Frames.failure(method, correlation, "overloaded", "Too many requests wait; this one is not answered"));
        }
        return true;
    }

    private void turn(@Nullable String hashId, Runnable request) {
        Runnable guarded = () -> {
            try {
                request.run();
            } catch (RuntimeException unexpected) {
                LOG.warn("A request failed", unexpected);
                send(Frames.error("internal", hashId, "The gateway failed; its log says why"));
            }
        };
        if (!turns.add(guarded)) {
            send(Frames.error("overloaded", hashId, "Too many requests wait; this one is not answered"));
        }
    }

    private boolean renew(JsonNode frame) {
        turn(null, () -> {
            try {
                Identity newer = services.authenticator()
                        .authenticate(
                                new Credentials(Optional.of(frame.get("token").stringValue()), Map.of()));
                if (!newer.isSameAs(identity())) {
                    close(POLICY_VIOLATION, "the new token is another user's");
                    return;
                }
                lock.lock();
                try {
                    identity = newer;
                } finally {
                    lock.unlock();
                }
                expireAt(newer);
                send(Frames.op("authResult").put("ok", true).toString());
            } catch (AuthenticationException refused) {
                send(Frames.op("authResult")
                        .put("ok", false)
                        .put("error", refused.getMessage())
                        .toString());
            }
        });
        return true;
    }

    private void expireAt(Identity of) {
        lock.lock();
        try {
            cancel(expiry);
            if (!closed && of.expires().isPresent()) {
                long millis = Math.max(
                        0, Duration.between(Instant.now(), of.expires().get()).toMillis() + 1);
                expiry = services.timers().schedule(this::expire, millis, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void expire() {
        dropSubscriptions();
        turns.clear();
        send(Frames.error("token_expired", null, "The token has ended; connect with a new one"));
        close(TOKEN_EXPIRED, "the token has ended");
    }

    private void beat() {
        Session open = session;
        Outbox box = outbox;
        if (open == null || box == null) {
            return;
        }
        Duration idle = services.limits().idle();
        // Jetty's own time of silence begins anew with each ping that is sent, answered or not.
        if (box.isStuck(idle) || System.nanoTime() - heardNanos > idle.toNanos()) {
            LOG.debug("Connection {} takes no frames, or answers none", id);
            open.disconnect();
        } else if (box.isIdle()) {
            open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
        }
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    /** Returns the message of a failure as a client may read it: that of a store, which names hosts and files, stays in the log. */
    static String shown(KormException failure) {
        if (failure instanceof StoreException) {
            LOG.warn("A store failed", failure);
            return "The store does not answer; try again later";
        }
        return String.valueOf(failure.getMessage());
    }

    private static String code(KormException failure) {
        if (failure instanceof RefusedException refused) {
            return refused.code();
        }
        return failure instanceof StoreException ? "store_unavailable" : "bad_request";
    }
}
