package dev.korm.gateway.server;

import dev.korm.gateway.GatewayMetrics;
import dev.korm.gateway.access.AuthenticationException;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Credentials;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.source.RowSource;
import dev.korm.gateway.wire.Json;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Jetty, with the requests that it answers: WebSockets on every path, and the state of the gateway on {@code /health} and {@code /ready}. */
public final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.gateway");
    private static final String PROTOCOL = "korm";
    private static final String BEARER_PROTOCOL = "korm.bearer.";
    private static final int HEADER_BYTES = 32 * 1024;
    private static final int THREADS = 200;
    private static final long FAREWELL_SECONDS = 2;

    private final Services services;
    private final Readiness readiness;
    private final Origins origins;
    private final Server server;
    private final ServerConnector connector;
    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timers;
    private final ServerWebSocketContainer sockets;

    /**
     * Starts a server.
     *
     * @param source what it answers from, which it closes at its end
     * @param ready what must be ready besides
     * @param port 0 for any that is free
     */
    public WebServer(
            RowSource source,
            Predicate<Duration> ready,
            Authenticator authenticator,
            Limits limits,
            Set<String> origins,
            boolean broadcast,
            String host,
            int port)
            throws Exception {
        this.origins = new Origins(origins);
        workers = new ThreadPoolExecutor(
                limits.workers(),
                limits.workers(),
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("korm-gateway-worker-"));
        workers.allowCoreThreadTimeOut(true);
        // Behind the end nobody waits for an answer.
        workers.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        timers = new ScheduledThreadPoolExecutor(1, threads("korm-gateway-timer-"));
        timers.setRemoveOnCancelPolicy(true);
        services = new Services(
                authenticator,
                source,
                new Connections(),
                new Traffic(),
                limits,
                broadcast,
                workers,
                timers,
                System.nanoTime());
        readiness = new Readiness(limit -> source.isReady(limit) && ready.test(limit));
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("korm-gateway");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        connector = new FrameConnector(server, http);
        connector.setHost(host);
        connector.setPort(port);
        server.addConnector(connector);
        sockets = ServerWebSocketContainer.ensure(server);
        sockets.setMaxTextMessageSize(limits.messageBytes());
        sockets.setMaxBinaryMessageSize(limits.messageBytes());
        sockets.setMaxFrameSize(limits.messageBytes());
        sockets.setIdleTimeout(limits.idle());
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                answer(request, response, callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception failed) {
            end();
            throw failed;
        }
        LOG.info("The gateway listens on port {}", connector.getLocalPort());
    }

    /** A connector whose sockets take whole frames. */
    private static final class FrameConnector extends ServerConnector {
        FrameConnector(Server server, HttpConfiguration http) {
            super(server, new HttpConnectionFactory(http));
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            FrameEndPoint socket = new FrameEndPoint(channel, selector, key, getScheduler());
            socket.setIdleTimeout(getIdleTimeout());
            return socket;
        }
    }

    /** Returns the port. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Returns how many clients are connected. */
    public int connections() {
        return services.connections().size();
    }

    /** Returns how many different live queries run. */
    public int questions() {
        return services.source().questions();
    }

    /** Returns the counts of now, and since the start. */
    public GatewayMetrics metrics() {
        long size = 0;
        long slow = 0;
        long subscriptions = 0;
        long frames = 0;
        long bytes = 0;
        for (Connection connection : services.connections().all()) {
            size++;
            slow += connection.isSlow() ? 1 : 0;
            subscriptions += connection.subscriptions();
            frames += connection.queuedFrames();
            bytes += connection.queuedBytes();
        }
        Traffic traffic = services.traffic();
        return new GatewayMetrics(
                size,
                slow,
                subscriptions,
                services.source().questions(),
                frames,
                bytes,
                traffic.received.sum(),
                traffic.limited.sum(),
                traffic.sent.sum(),
                traffic.overflows.sum());
    }

    private void answer(Request request, Response response, Callback callback) {
        HttpFields headers = request.getHeaders();
        if ("websocket".equalsIgnoreCase(headers.get(HttpHeader.UPGRADE))) {
            connect(request, response, callback);
        } else if (!request.getMethod().equals("GET")) {
            write(response, callback, 405, Json.MAPPER.createObjectNode().put("error", "method not allowed"));
        } else if (Request.getPathInContext(request).equals("/health")) {
            write(response, callback, 200, health());
        } else if (Request.getPathInContext(request).equals("/ready")) {
            services.workers().execute(() -> {
                boolean ready = readiness.isReady();
                write(
                        response,
                        callback,
                        ready ? 200 : 503,
                        Json.MAPPER.createObjectNode().put("status", ready ? "ready" : "not ready"));
            });
        } else {
            write(response, callback, 404, Json.MAPPER.createObjectNode().put("error", "not found"));
        }
    }

    private ObjectNode health() {
        int slow = 0;
        int size = 0;
        for (Connection connection : services.connections().all()) {
            size++;
            slow += connection.isSlow() ? 1 : 0;
        }
        return Json.MAPPER
                .createObjectNode()
                .put("status", "healthy")
                .put("connections", size)
                .put("sessions", size)
                .put("uptime", services.uptime())
                .put("slowSockets", slow);
    }

    private void connect(Request request, Response response, Callback callback) {
        HttpFields headers = request.getHeaders();
        if (!origins.allows(headers.get(HttpHeader.ORIGIN), headers.get(HttpHeader.HOST))) {
            refuse(response, callback, 403, "This page may not connect; its origin is not among those allowed");
            return;
        }
        if (services.connections().size() >= services.limits().connections()) {
            refuse(response, callback, 503, "Too many clients are connected; try again later");
            return;
        }
        Identity identity;
        try {
            identity = services.authenticator().authenticate(credentials(headers));
        } catch (AuthenticationException refused) {
            LOG.debug("A client is refused: {}", refused.getMessage());
            refuse(response, callback, 401, String.valueOf(refused.getMessage()));
            return;
        } catch (RuntimeException failed) {
            LOG.warn("The authenticator failed", failed);
            refuse(response, callback, 500, "The client cannot be authenticated now");
            return;
        }
        boolean handled = sockets.upgrade(
                (upgrade, answer, done) -> {
                    choose(upgrade, answer);
                    return new Connection(services, identity);
                },
                request,
                response,
                callback);
        if (!handled) {
            refuse(response, callback, 400, "This is no request for a WebSocket of version 13");
        }
    }

    /** Chooses a subprotocol: browsers give up when none is chosen of those that they offer. */
    private static void choose(ServerUpgradeRequest request, ServerUpgradeResponse response) {
        List<String> offered = request.getSubProtocols();
        Optional<String> chosen = offered.contains(PROTOCOL)
                ? Optional.of(PROTOCOL)
                : offered.stream()
                        .filter(each -> !each.startsWith(BEARER_PROTOCOL))
                        .findFirst();
        chosen.ifPresent(response::setAcceptedSubProtocol);
    }

    private static Credentials credentials(HttpFields headers) {
        Map<String, String> first = new HashMap<>();
        for (HttpField header : headers) {
            String value = header.getValue();
            first.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value == null ? "" : value);
        }
        Optional<String> token = Optional.ofNullable(headers.get(HttpHeader.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).trim());
        if (token.isEmpty()) {
            token = headers.getCSV(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, false).stream()
                    .filter(each -> each.startsWith(BEARER_PROTOCOL))
                    .map(each -> each.substring(BEARER_PROTOCOL.length()))
                    .findFirst();
        }
        return new Credentials(token, first);
    }

    private static void refuse(Response response, Callback callback, int status, String why) {
        write(response, callback, status, Json.MAPPER.createObjectNode().put("error", why));
    }

    private static void write(Response response, Callback callback, int status, ObjectNode body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        Content.Sink.write(response, true, body.toString(), callback);
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Ends it: clients are told that the gateway goes away, and no thread is left. */
    public void stop() throws Exception {
        connector.close();
        CompletableFuture<Void> told = CompletableFuture.allOf(
                services.connections().all().stream().map(Connection::goAway).toArray(CompletableFuture<?>[]::new));
        try {
            await(told);
            server.stop();
        } finally {
            end();
        }
    }

    /** Waits a little until clients are told: a server that stops cuts off what has not left. */
    private static void await(CompletableFuture<Void> told) {
        try {
            told.get(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            LOG.debug("Some clients take no frames, and are not told that the gateway ends");
        } catch (ExecutionException failed) {
            LOG.debug("Some clients are not told that the gateway ends", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        services.source().close();
        timers.shutdownNow();
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(services.limits().requestTime().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Requests of the gateway are still being worked on");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
