package dev.korm.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.jdbc.Sqlite;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The meters of a gateway tell what its clients do. */
class GatewayMetersTest {
    @Test
    void what_a_client_does_is_counted() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AccessPolicy policy = AccessPolicy.builder()
                .table(
                        "todos",
                        TableRule.of(Rn.collection("todo", "item")).allRows().allow(Right.READ))
                .build();
        CountDownLatch rows = new CountDownLatch(1);
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open();
                Gateway gateway = Gateway.builder(pool)
                        .authenticator(Authenticator.anonymous("demo"))
                        .policy(policy)
                        .host("127.0.0.1")
                        .port(0)
                        .start()) {
            GatewayMeters.bind(gateway, registry);
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                            if (data.toString().contains("rangeIndex")) {
                                rows.countDown();
                            }
                            from.request(1);
                            return null;
                        }
                    })
                    .join();
            socket.sendText("{\"op\":\"subscribe\",\"table\":\"todos\",\"hashId\":\"h\",\"queryJson\":{}}", true)
                    .join();
            assertThat(rows.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(gauge(registry, "connections")).isEqualTo(1);
            assertThat(gauge(registry, "subscriptions")).isEqualTo(1);
            assertThat(gauge(registry, "queries")).isEqualTo(1);
            assertThat(gauge(registry, "connections.slow")).isZero();
            assertThat(gauge(registry, "queued.frames")).isZero();
            assertThat(count(registry, "received")).isEqualTo(1);
            assertThat(count(registry, "sent"))
                    .as("welcome, ack, rows, their keys")
                    .isEqualTo(4);
            assertThat(count(registry, "overflows")).isZero();
            assertThat(count(registry, "limited")).isZero();
            socket.abort();
        }
    }

    private static double gauge(SimpleMeterRegistry registry, String name) {
        return registry.get("korm.gateway." + name).gauge().value();
    }

    private static double count(SimpleMeterRegistry registry, String name) {
        return registry.get("korm.gateway." + name).functionCounter().count();
    }
}
