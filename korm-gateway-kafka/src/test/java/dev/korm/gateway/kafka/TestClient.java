package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.gateway.wire.Json;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A client of the protocol. A binary frame is kept as the object {@code {"op":"binary","b64":…}}. */
final class TestClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final WebSocket socket;

    TestClient(int port, String tenant, String user) {
        socket = HTTP.newWebSocketBuilder()
                .header("x-tenant", tenant)
                .header("x-user", user)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/"), this)
                .join();
    }

    TestClient send(String frame) {
        socket.sendText(frame.replace('\'', '"'), true).join();
        return this;
    }

    JsonNode next(Predicate<JsonNode> fits) {
        List<String> passed = new ArrayList<>();
        try {
            while (true) {
                JsonNode frame = frames.poll(30, TimeUnit.SECONDS);
                assertThat(frame).as("a frame behind %s", passed).isNotNull();
                if (fits.test(frame)) {
                    return frame;
                }
                passed.add(frame.toString());
            }
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    JsonNode op(String op) {
        return next(frame -> op.equals(frame.path("op").asString("")));
    }

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

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            frames.add(Json.MAPPER.readTree(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        while (data.hasRemaining()) {
            bytes.write(data.get());
        }
        if (last) {
            frames.add(Json.MAPPER
                    .createObjectNode()
                    .put("op", "binary")
                    .put("b64", Base64.getEncoder().encodeToString(bytes.toByteArray())));
            bytes.reset();
        }
        from.request(1);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
