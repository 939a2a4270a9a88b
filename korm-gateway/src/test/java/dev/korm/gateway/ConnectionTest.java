package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Connections: who may connect, the typed channel, and what ends a connection. */
@Timeout(60)
class ConnectionTest {
    private static TestGateway world;

    @BeforeAll
    static void start() {
        world = new TestGateway(
                dev.korm.gateway.settings.Limits.DEFAULT, builder -> builder.origins("https://app.example.org"));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static int status(String... headers) {
        try (TestClient client = TestClient.connect(world.gateway.port(), headers)) {
            client.type("welcome");
            return 101;
        } catch (TestClient.Refused refused) {
            return refused.status;
        }
    }

    private static String bearer(String tenant) {
        return "Bearer " + TestTokens.token(tenant, "u");
    }

    @Test
    void those_who_prove_nothing_are_refused() {
        assertThat(status()).isEqualTo(401);
        assertThat(status("x-user-id", "root", "x-tenant", "acme")).isEqualTo(401);
        assertThat(status("Authorization", "Bearer nonsense")).isEqualTo(401);
        assertThat(status(
                        "Authorization",
                        "Bearer " + TestTokens.token("a", "b", Instant.now().minusSeconds(9))))
                .isEqualTo(401);
        assertThat(status("Authorization", bearer("a"))).isEqualTo(101);
        assertThat(status("subprotocols", "korm,korm.bearer." + TestTokens.token("a", "b")))
                .isEqualTo(101);
    }

    @Test
    void a_page_of_another_origin_is_refused() {
        String own = "http://127.0.0.1:" + world.gateway.port();
        assertThat(status("Authorization", bearer("a"), "Origin", "https://app.example.org"))
                .isEqualTo(101);
        assertThat(status("Authorization", bearer("a"), "Origin", own)).isEqualTo(101);
        assertThat(status("Authorization", bearer("a"), "Origin", "https://evil.example.org"))
                .isEqualTo(403);
        assertThat(status("Authorization", bearer("a"), "Origin", "https://app.example.org.evil.net"))
                .isEqualTo(403);
        assertThat(status("Authorization", bearer("a"), "Origin", "null")).isEqualTo(403);
    }

    @Test
    void a_name_that_leads_here_is_no_page_of_ours() throws IOException {
        for (String[] each :
                new String[][] {{"evil.example.org:7000", "403"}, {"localhost:7000", "101"}, {"[::1]:7000", "101"}}) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), world.gateway.port())) {
                socket.getOutputStream()
                        .write(("GET / HTTP/1.1\r\nHost: " + each[0] + "\r\nOrigin: http://" + each[0]
                                        + "\r\n"
                                        + "Upgrade: websocket\r\n"
                                        + "Connection: Upgrade\r\n"
                                        + "Sec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                                        + "Authorization: " + bearer("a")
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 " + each[1]);
            }
        }
    }

    @Test
    void those_of_one_tenant_hear_of_one_another() {
        try (TestClient first = world.client("presence", "ann");
                TestClient foreign = world.client("elsewhere", "eve")) {
            JsonNode welcome = first.type("welcome");
            assertThat(welcome.get("data").get("connectedClients").intValue()).isEqualTo(1);
            assertThat(welcome.get("timestamp").isNumber()).isTrue();
            String joined;
            try (TestClient second = world.client("presence", "bob")) {
                joined = second.type("welcome").get("data").get("connectionId").stringValue();
                JsonNode told = first.type("user_joined").get("data");
                assertThat(told.get("userId").stringValue()).isEqualTo("bob");
                assertThat(told.get("connectionId").stringValue()).isEqualTo(joined);
                second.send("{'type':'broadcast','data':{'hello':1}}");
                JsonNode heard = first.type("broadcast_message").get("data");
                assertThat(heard.get("from").stringValue()).isEqualTo("bob");
                assertThat(heard.get("message").get("hello").intValue()).isEqualTo(1);
                assertThat(second.type("broadcast_message").get("data")).isEqualTo(heard);
            }
            assertThat(first.type("user_left").get("data").get("connectionId").stringValue())
                    .isEqualTo(joined);
            foreign.send("{'type':'echo','data':'end'}");
            assertThat(foreign.next().get("type").stringValue()).isEqualTo("welcome");
            assertThat(foreign.next().get("type").stringValue()).isEqualTo("echo_response");
        }
    }

    @Test
    void a_message_is_not_logged_whatever_it_is() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream before = System.err;
        try (TestClient client = world.client("silent", "s")) {
            client.data("ADD_SINGLE", "todos", "{'row':{'text':'before'}}");
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            LoggerFactory.getLogger("dev.korm.gateway").info("begun");
            client.send("{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'limit':5}}");
            client.op("rangeIndex");
            for (int i = 0; i < 10; i++) {
                client.send("{'type':'ping'}");
                client.type("pong");
                client.data("ADD_SINGLE", "todos", "{'row':{'text':'canary'}}");
                client.send("canary");
                client.type("error");
                client.send("{'op':'canary'}");
                client.op("error");
                client.call("GET_DATA", "canary", "{}");
            }
            client.send("{'op':'unsubscribe','table':'todos','hashId':'h'}");
            client.send("{'type':'echo','data':'end'}");
            client.type("echo_response");
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines())
                .as("what was logged by the gateway is seen here, and is no more than that")
                .filteredOn(line -> line.contains("dev.korm.gateway") || line.contains("canary"))
                .singleElement(InstanceOfAssertFactories.STRING)
                .endsWith("begun");
    }

    @Test
    void the_typed_channel_answers() {
        try (TestClient client = world.client("typed", "t")) {
            client.type("welcome");
            assertThat(client.send("{'type':'ping'}").next().get("type").stringValue())
                    .isEqualTo("pong");
            assertThat(client.send("{'type':'echo','data':[1,null]}")
                            .next()
                            .get("data")
                            .toString())
                    .isEqualTo("[1,null]");
            JsonNode status = client.send("{'type':'get_status'}").next().get("data");
            assertThat(status.get("connectedClients").intValue()).isEqualTo(1);
            assertThat(status.get("uptime").isNumber()).isTrue();
            assertThat(client.send("{'op':'ping'}").next().toString()).isEqualTo("{\"op\":\"pong\"}");
            client.socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).join();
            JsonNode error = client.send("{").next();
            assertThat(error.get("data").get("message").stringValue()).isEqualTo("Invalid JSON message");
            assertThat(error.get("type").stringValue()).isEqualTo("error");
            assertThat(client.send("").next().get("data")).isEqualTo(error.get("data"));
            assertThat(client.send("{} {}").next().get("data")).isEqualTo(error.get("data"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "7",
                "null",
                "{'op':'dance'}",
                "{'type':'dance'}",
                "{'op':7}",
                "{'op':'subscribe'}",
                "{'op':'subscribe','table':'todos','hashId':''}",
                "{'op':'subscribe','table':'todos','hashId':'h'}",
                "{'op':'subscribe','table':'todos','hashId':'h','queryJson':'{}','resumeFromVersion':-1}",
                "{'op':'subscribe','table':'todos','hashId':'h','queryJson':'{}','resumeFromVersion':1.5}",
                "{'op':'subscribe','table':'todos','hashId':'h','queryJson':'{}','resumeFromVersion':'1'}",
                "{'op':'subscribe','table':'todos','hashId':'h','queryJson':'{}','resumeFromVersion':99999999999999999999}",
                "{'op':'subscribe','table':7,'hashId':'h','queryJson':'{}'}",
                "{'op':'unsubscribe','table':'todos'}",
                "{'op':'rpc'}"
            })
    void what_is_no_operation_is_told(String frame) {
        try (TestClient client = world.client("bad", "b")) {
            assertThat(client.send(frame).op("error").toString())
                    .isEqualTo("{\"op\":\"error\",\"code\":\"bad_op\",\"message\":\"unknown message\"}");
        }
    }

    @Test
    void a_token_that_ends_ends_the_connection_and_a_newer_one_keeps_it() {
        String header =
                "Bearer " + TestTokens.token("acme", "fred", Instant.now().plusSeconds(2));
        try (TestClient ends = TestClient.connect(world.gateway.port(), "Authorization", header);
                TestClient stays = TestClient.connect(world.gateway.port(), "Authorization", header)) {
            stays.send("{'op':'auth','token':'" + TestTokens.token("acme", "fred") + "'}");
            assertThat(stays.op("authResult").get("ok").booleanValue()).isTrue();
            stays.send("{'op':'auth','token':'nonsense'}");
            assertThat(stays.op("authResult").get("ok").booleanValue()).isFalse();
            assertThat(ends.op("error").get("code").stringValue()).isEqualTo("token_expired");
            assertThat(ends.closeCode()).isEqualTo(4401);
            assertThat(stays.send("{'op':'ping'}").op("pong")).isNotNull();
            stays.send("{'op':'auth','token':'" + TestTokens.token("other", "fred") + "'}");
            assertThat(stays.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void the_state_of_the_gateway_is_shown() throws IOException, InterruptedException {
        try (TestClient client = world.client("health", "h")) {
            client.type("welcome");
            JsonNode health =
                    dev.korm.gateway.wire.Json.object("health", get("/health").body());
            assertThat(health.get("status").stringValue()).isEqualTo("healthy");
            assertThat(health.get("connections").intValue()).isPositive();
            assertThat(health.propertyNames()).contains("sessions", "uptime", "slowSockets");
        }
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/else").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.gateway.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_gateway_without_an_authenticator_or_a_policy_does_not_start() {
        assertThatThrownBy(() -> Gateway.builder(world.pool).start()).hasMessageContaining("authenticator");
    }

    @Test
    void a_gateway_that_ends_says_so() {
        TestGateway ending = new TestGateway();
        try (TestClient client = ending.client("a", "b")) {
            client.type("welcome");
            ending.close();
            assertThat(client.closeCode()).isEqualTo(1001);
        }
    }
}
