package dev.korm.kalam.live;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.error.KalamSubscriptionException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.http.HttpTransport;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one WebSocket of a client. States: {@code IDLE}, nothing is wanted; {@code CONNECTING}, from the question for credentials to the server's word that
 * they are good; {@code OPEN}; {@code WAITING} for the next attempt; {@code CLOSED} for ever. All of it is guarded by one lock, which nobody holds while
 * anything is waited for. Each attempt has a number, and what comes from an earlier one is ignored.
 */
final class LiveConnection implements AutoCloseable {
    private enum State {
        IDLE,
        CONNECTING,
        OPEN,
        WAITING,
        CLOSED
    }

    private static final int NORMAL = 1000;

    private final HttpTransport transport;
    private final Timeouts timeouts;
    private final int maxMessage;
    private final boolean isCompressed;
    private final MeteredSockets sockets;
    private final OkHttpClient http;
    private final ScheduledExecutorService timer;
    private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Feed> feeds = new LinkedHashMap<>();
    private State state = State.IDLE;
    private RetryPolicy policy;
    private boolean reconnects = true;
    private int generation;
    private int attempts;
    private int missingAcks;
    private boolean wasOpen;
    private @Nullable WebSocket socket;
    private @Nullable Auth used;
    private @Nullable Auth refused;
    private CompletableFuture<Boolean> opened = new CompletableFuture<>();

    LiveConnection(HttpTransport transport, LiveSettings settings) {
        this.transport = transport;
        this.timeouts = transport.settings().timeouts();
        this.maxMessage = transport.settings().limits().message();
        this.isCompressed = settings.isCompressed();
        this.policy = settings.reconnect();
        this.sockets = new MeteredSockets(maxMessage * 2L + (64 << 10));
        this.http = transport
                .http()
                .newBuilder()
                .socketFactory(sockets)
                .addInterceptor(LiveConnection::withoutDeflate)
                .connectionPool(new okhttp3.ConnectionPool(1, 1, TimeUnit.SECONDS))
                .pingInterval(settings.pingInterval())
                .build();
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "kalam-live");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes back the offer to compress messages, which OkHttp makes each time: it unpacks them without a limit, so that few bytes could fill the memory. The server's own
     * compression, by gzip, is unpacked here and has one.
     */
    private static Response withoutDeflate(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request()
                .newBuilder()
                .removeHeader("Sec-WebSocket-Extensions")
                .build());
        if (response.header("Sec-WebSocket-Extensions") != null) {
            response.close();
            throw new IOException("The server compresses messages although that was not offered");
        }
        return response;
    }

    void add(ConnectionListener listener) {
        listeners.add(listener);
    }

    void remove(ConnectionListener listener) {
        listeners.remove(listener);
    }

    boolean isConnected() {
        return locked(() -> state == State.OPEN);
    }

    boolean isReconnecting() {
        return locked(() -> wasOpen && (state == State.WAITING || state == State.CONNECTING));
    }

    int attempts() {
        return locked(() -> attempts);
    }

    void reconnects(boolean isWanted) {
        locked(() -> reconnects = isWanted);
    }

    void policy(RetryPolicy chosen) {
        locked(() -> policy = chosen);
    }

    private <T> T locked(java.util.function.Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Connects, and waits until the server has accepted the credentials. */
    void connect() {
        CompletableFuture<Boolean> future = locked(() -> {
            requireNotClosed();
            if (state == State.IDLE) {
                begin(Duration.ZERO);
            }
            return opened;
        });
        // What fails within these limits says so itself and better.
        Duration limit = timeouts.request().plus(timeouts.connect()).plus(timeouts.auth());
        await(future, limit, "The WebSocket's connection");
    }

    private void requireNotClosed() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("The client is closed");
        }
    }

    private static void await(CompletableFuture<Boolean> future, Duration limit, String attempt) {
        try {
            future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KalamException known) {
                known.addSuppressed(new KalamException(attempt + " failed", null));
                throw known;
            }
            if (e.getCause() instanceof IllegalStateException wrongUse) {
                throw wrongUse;
            }
            throw new KalamException(attempt + " failed", e.getCause());
        } catch (TimeoutException e) {
            throw new KalamTimeoutException(attempt + " was not there within its time limit", false, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KalamTimeoutException(attempt + " was interrupted", false, e);
        }
    }

    /** Subscribes, and waits for the server's word. */
    void subscribe(Feed feed) {
        connect();
        locked(() -> {
            requireNotClosed();
            feeds.put(feed.id(), feed);
            if (state == State.OPEN) {
                missingAcks++;
                send(feed.subscribeMessage());
            }
            return true;
        });
        try {
            await(feed.opened(), timeouts.subscribe(), "A subscription");
        } catch (KalamException e) {
            unsubscribe(feed);
            throw e;
        }
    }

    void unsubscribe(Feed feed) {
        locked(() -> {
            if (feeds.remove(feed.id(), feed) && state == State.OPEN) {
                send(JsonMapper.shared()
                        .writeValueAsString(Map.of("type", "unsubscribe", "subscription_id", feed.id())));
            }
            return true;
        });
    }

    private void send(String text) {
        WebSocket open = socket;
        if (open != null) {
            listeners.forEach(listener -> listener.onSend(text));
            open.send(text);
        }
    }

    /** Begins an attempt; the lock is held. */
    private void begin(Duration wait) {
        int number = ++generation;
        state = wait.isZero() ? State.CONNECTING : State.WAITING;
        schedule(wait, () -> attempt(number));
    }

    private void schedule(Duration wait, Runnable work) {
        try {
            Future<?> unused = timer.schedule(work, wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The client is closed.
        }
    }

    private void attempt(int number) {
        try {
            Auth before = locked(() -> {
                if (number == generation) {
                    state = State.CONNECTING;
                }
                return refused;
            });
            Auth auth = transport.authForWebSocket(before);
            if (auth.type() != AuthType.JWT) {
                throw new IllegalStateException("A WebSocket needs a token; the client has " + auth.type());
            }
            String address = transport.settings().server() + "/v1/ws" + (isCompressed ? "" : "?compress=false");
            Request request = new Request.Builder()
                    .url(address)
                    .header("Authorization", auth.authorizationHeader())
                    .build();
            lock.lock();
            try {
                if (number != generation) {
                    return;
                }
                used = auth;
                refused = null;
                sockets.reset();
                socket = http.newWebSocket(request, new Receiver(number));
            } finally {
                lock.unlock();
            }
            schedule(timeouts.connect().plus(timeouts.auth()), () -> {
                if (locked(() -> number == generation && state == State.CONNECTING)) {
                    fail(
                            number,
                            new KalamTimeoutException(
                                    "The WebSocket was not authenticated within its time limit", false, null));
                }
            });
        } catch (RuntimeException e) {
            // Whatever it is: an attempt that neither succeeds nor fails would let all wait that come after it.
            fail(number, e);
        }
    }

    /** Ends an attempt or a connection, and begins the next if one is wanted. */
    private void fail(int number, RuntimeException cause) {
        List<Feed> lost;
        boolean isEnd;
        boolean wasConnected;
        lock.lock();
        try {
            if (number != generation || state == State.CLOSED) {
                return;
            }
            wasConnected = state == State.OPEN;
            generation++;
            WebSocket old = socket;
            socket = null;
            if (old != null) {
                old.cancel();
            }
            attempts++;
            lost = new ArrayList<>(feeds.values());
            boolean isWanted = reconnects && wasOpen && (cause instanceof KalamException);
            isEnd = !isWanted || !policy.allowsAfter(attempts);
            CompletableFuture<Boolean> waiting = opened;
            if (waiting.isDone()) {
                opened = new CompletableFuture<>();
            }
            if (isEnd) {
                state = State.IDLE;
                wasOpen = false;
                attempts = 0;
                feeds.clear();
                opened.completeExceptionally(cause);
                opened = new CompletableFuture<>();
            } else {
                begin(policy.waitAfter(attempts));
            }
        } finally {
            lock.unlock();
        }
        KalamException known =
                cause instanceof KalamException typed ? typed : new KalamException("The WebSocket failed", cause);
        lost.forEach(Feed::lost);
        if (wasConnected) {
            // Idle connections to the same server are probably lost too, and a write over one would end without an
            // answer.
            transport.http().connectionPool().evictAll();
            listeners.forEach(listener -> listener.onDisconnect(String.valueOf(known.getMessage())));
        }
        boolean isRecoverable = !isEnd && !(known instanceof KalamAuthException);
        listeners.forEach(listener -> listener.onError(known, isRecoverable));
        if (isEnd) {
            lost.forEach(feed -> feed.failed(known, true));
        }
    }

    /** Disconnects, and ends all subscriptions; a later one connects again. */
    void disconnect() {
        end(State.IDLE, "The client disconnected");
    }

    private void end(State next, String reason) {
        List<Feed> ended;
        boolean wasConnected;
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return;
            }
            wasConnected = state == State.OPEN;
            generation++;
            state = next;
            wasOpen = false;
            attempts = 0;
            WebSocket old = socket;
            socket = null;
            if (old != null && !old.close(NORMAL, reason)) {
                old.cancel();
            }
            ended = new ArrayList<>(feeds.values());
            feeds.clear();
            opened.completeExceptionally(new KalamConnectionException(reason, false, null));
            opened = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        if (wasConnected) {
            listeners.forEach(listener -> listener.onDisconnect(reason));
        }
        ended.forEach(feed -> feed.failed(new KalamSubscriptionException("CLOSED", reason), true));
    }

    @Override
    public void close() {
        end(State.CLOSED, "The client is closed");
        timer.shutdownNow();
        http.connectionPool().evictAll();
    }

    /** Takes what the server says, on OkHttp's thread. */
    private final class Receiver extends WebSocketListener {
        private final int number;

        Receiver(int number) {
            this.number = number;
        }

        @Override
        public void onMessage(WebSocket from, String text) {
            take(() -> text);
        }

        @Override
        public void onMessage(WebSocket from, ByteString bytes) {
            take(() -> Frames.unzipped(bytes, maxMessage));
        }

        private void take(java.util.function.Supplier<String> frame) {
            sockets.reset();
            try {
                String text = frame.get();
                listeners.forEach(listener -> listener.onReceive(text));
                handle(number, Frames.tree(text, maxMessage));
            } catch (KalamException e) {
                // What was in it is lost, so all of it is asked for again.
                fail(number, e);
            }
        }

        @Override
        public void onClosing(WebSocket from, int code, String reason) {
            from.close(NORMAL, null);
            if (code == 1008) {
                refuse(number, "The server closed the WebSocket: " + reason);
            } else {
                fail(
                        number,
                        new KalamConnectionException("The server closed the WebSocket with code " + code, false, null));
            }
        }

        @Override
        public void onFailure(WebSocket from, Throwable failure, @Nullable Response response) {
            if (response != null && (response.code() == 401 || response.code() == 403)) {
                refuse(number, "The server refused the WebSocket with status " + response.code());
            } else if (failure instanceof MeteredSockets.TooLarge) {
                fail(
                        number,
                        new KalamProtocolException(
                                "A message is larger than " + maxMessage + " bytes, the client's limit",
                                false,
                                failure));
            } else {
                fail(
                        number,
                        new KalamConnectionException(
                                "The WebSocket was lost (" + failure.getClass().getSimpleName() + ")", false, failure));
            }
        }
    }

    private void refuse(int number, String reason) {
        locked(() -> refused = number == generation ? used : refused);
        fail(number, new KalamAuthException(reason, 401, "UNAUTHORIZED", "the credentials were not accepted"));
    }

    private void handle(int number, JsonNode message) {
        String id = message.path("subscription_id").asString("");
        switch (message.path("type").asString("")) {
            case "auth_success" -> authenticated(number);
            case "auth_error" -> refuse(number, "The WebSocket's authentication");
            case "subscription_ack" ->
                with(number, id, feed -> {
                    boolean isFirst = !feed.isAcked();
                    feed.acked(message);
                    if (isFirst) {
                        acknowledged(number);
                    }
                });
            case "initial_data_batch" ->
                with(number, id, feed -> {
                    Long next = feed.batch(message);
                    if (next != null) {
                        locked(() -> {
                            send(JsonMapper.shared()
                                    .writeValueAsString(
                                            Map.of("type", "next_batch", "subscription_id", id, "last_seq_id", next)));
                            return true;
                        });
                    }
                });
            case "change" -> with(number, id, feed -> feed.changed(message));
            case "error" -> refusedSubscription(number, id, message);
            default -> {
                // Later servers may say more.
            }
        }
    }

    private void with(int number, String id, Consumer<Feed> work) {
        Feed feed = locked(() -> number == generation ? feeds.get(id) : null);
        if (feed != null) {
            work.accept(feed);
        }
    }

    private void authenticated(int number) {
        boolean isReady = locked(() -> {
            if (number != generation || state != State.CONNECTING) {
                return false;
            }
            state = State.OPEN;
            wasOpen = true;
            missingAcks = feeds.size();
            feeds.values().forEach(feed -> send(feed.subscribeMessage()));
            opened.complete(true);
            attempts = missingAcks == 0 ? 0 : attempts;
            return missingAcks == 0;
        });
        if (isReady) {
            listeners.forEach(ConnectionListener::onConnect);
            return;
        }
        schedule(timeouts.subscribe(), () -> {
            boolean isStalled =
                    locked(() -> number == generation && feeds.values().stream().anyMatch(feed -> !feed.isAcked()));
            if (isStalled) {
                fail(
                        number,
                        new KalamTimeoutException(
                                "Subscriptions were not answered within their time limit", false, null));
            }
        });
    }

    private void acknowledged(int number) {
        boolean isReady = locked(() -> {
            if (number != generation) {
                return false;
            }
            boolean wasReconnecting = attempts > 0;
            missingAcks--;
            if (missingAcks == 0) {
                attempts = 0;
            }
            return missingAcks == 0 && wasReconnecting;
        });
        if (isReady) {
            listeners.forEach(ConnectionListener::onConnect);
        }
    }

    private void refusedSubscription(int number, String id, JsonNode message) {
        String code = message.path("code").asString("ERROR");
        KalamSubscriptionException error = new KalamSubscriptionException(
                code,
                "The server refused a subscription, " + code + ": "
                        + shortened(message.path("message").asString("")));
        Feed feed = locked(() -> number == generation ? feeds.get(id) : null);
        if (feed == null) {
            listeners.forEach(listener -> listener.onError(error, true));
            return;
        }
        boolean isEnd = !feed.isAcked();
        if (isEnd) {
            locked(() -> feeds.remove(id, feed));
            acknowledged(number);
        }
        feed.failed(error, isEnd);
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
