package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.gateway.wire.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A client of the protocol, by the JDK's WebSocket. Frames are kept in order until a test takes them. */
final class TestClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long SECONDS = 20;

    private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private WebSocket socket;

    static TestClient connect(int port, String... headers) {
        TestClient client = new TestClient();
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(SECONDS));
        for (int index = 0; index < headers.length; index += 2) {
            if (headers[index].equals("subprotocols")) {
                String[] names = headers[index + 1].split(",");
                builder.subprotocols(names[0], java.util.Arrays.copyOfRange(names, 1, names.length));
            } else {
                builder.header(headers[index], headers[index + 1]);
            }
        }
        try {
            client.socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + "/any/path"), client)
                    .join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof java.net.http.WebSocketHandshakeException refused) {
                throw new Refused(refused.getResponse().statusCode());
            }
            throw failed;
        }
        return client;
    }

    /** A connection that was refused. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;

        Refused(int status) {
            super("refused with " + status);
            this.status = status;
        }
    }

    WebSocket socket() {
        return socket;
    }

    TestClient send(String frame) {
        socket.sendText(frame.replace('\'', '"'), true).join();
        return this;
    }

    /** Returns the next frame that fits; those before it are passed over. */
    JsonNode next(Predicate<JsonNode> fits) {
        List<String> passed = new ArrayList<>();
        try {
            while (true) {
                JsonNode frame = frames.poll(SECONDS, TimeUnit.SECONDS);
                assertThat(frame)
                        .as("a frame behind %s; closed: %s", passed, closed)
                        .isNotNull();
                if (fits.test(frame)) {
                    return frame;
                }
                passed.add(frame.toString());
            }
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    JsonNode next() {
        return next(frame -> true);
    }

    JsonNode type(String type) {
        return next(frame -> type.equals(frame.path("type").asString("")));
    }

    JsonNode op(String op) {
        return next(frame -> op.equals(frame.path("op").asString("")));
    }

    /** Calls a method, and returns the result. */
    JsonNode call(String method, String table, String payload) {
        String id = method + System.nanoTime();
        send("{'op':'rpc','method':'" + method + "','table':'" + table + "','correlationId':'" + id + "','payload':"
                + payload + "}");
        return next(frame -> id.equals(frame.path("correlationId").asString("")));
    }

    JsonNode data(String method, String table, String payload) {
        JsonNode result = call(method, table, payload);
        assertThat(result.get("ok").booleanValue()).as("%s", result).isTrue();
        return result.get("data");
    }

    int closeCode() {
        return closed.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            frames.add(Json.MAPPER.readTree(part.toString()));
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(-1);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
