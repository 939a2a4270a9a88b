package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.settings.Limits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Brokers that go away: what is told, and that nothing is missing when they are back. */
@Timeout(180)
class BrokerOutageTest {
    private static final String SUBSCRIBE =
            "{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'order':[{'field':'n','sort':'ASC_DEFAULT'}]}}";

    @Test
    void brokers_that_are_not_there_are_named_in_time() {
        KafkaSettings nowhere = KafkaSettings.at("127.0.0.1:1");
        assertThatThrownBy(() -> KafkaUpstream.of(nowhere).open(TestWorld.policy(), Limits.DEFAULT))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("look after the brokers");
    }

    @Test
    @Tag("long")
    void what_changes_while_the_brokers_are_away_is_seen_when_they_are_back() {
        try (TestBroker broker = new TestBroker();
                TestWorld world = new TestWorld(broker)) {
            KafkaService service = world.serve();
            Gateway gateway = world.gateway();
            try (TestClient client = new TestClient(gateway.port(), "acme", "fred")) {
                client.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
                assertThat(client.send(SUBSCRIBE).op("snapshot").get("rows")).hasSize(1);
                assertThat(ready(gateway)).isEqualTo(200);
                broker.stop();
                for (long n = 2; n < 5; n++) {
                    Korm.item(Document.class, world.pool)
                            .fromData(TestWorld.TODOS, Document.of(Map.of("n", n, "tenant", "acme")))
                            .create();
                }
                TestWorld.await("the gateway is not ready", () -> ready(gateway) == 503);
                assertThat(client.call("GET_DATA", "todos", "{}").get("code").stringValue())
                        .isEqualTo("store_unavailable");
                // Else the events would only be late, and nothing would have to be read anew.
                TestWorld.await("events are lost", () -> service.lostQueries() == 1);
                broker.start();
                client.next(frame -> frame.path("rows").size() == 4
                        || frame.path("event").path("pos").asInt(-1) == 3);
                TestWorld.await("the gateway is ready", () -> ready(gateway) == 200);
                Korm.item(Document.class, world.pool)
                        .fromData(TestWorld.TODOS, Document.of(Map.of("n", 9L, "tenant", "acme")))
                        .create();
                client.next(frame -> frame.toString().contains("\"n\":9"));
            }
        }
    }

    private static int ready(Gateway gateway) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .join()
                .statusCode();
    }
}
