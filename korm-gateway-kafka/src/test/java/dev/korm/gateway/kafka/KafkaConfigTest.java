package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.config.GatewayConfig;
import dev.korm.gateway.config.TopicsProvider;
import dev.korm.jdbc.Sqlite;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics and the cache, switched on by the file of the container and its variables. */
@Timeout(120)
class KafkaConfigTest {
    private static final Path FILE = Path.of("../docker/gateway.json");

    private static GatewayConfig read(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("GATEWAY_ANONYMOUS", "demo");
        all.put("WS_PORT", "0");
        return GatewayConfig.read(FILE, all::get);
    }

    @Test
    void two_gateways_of_the_same_file_one_with_the_pool_and_one_with_the_cache() {
        try (TestRedis redis = new TestRedis()) {
            Map<String, String> topics =
                    Map.of("KAFKA_BROKERS", TestBroker.shared().address());
            Map<String, String> relay = new HashMap<>(topics);
            relay.put("GATEWAY_ANSWER_FROM", "topics");
            relay.put("KEYDB_TIMEOUT", "PT20S");
            relay.put("KEYDB_HOST", "127.0.0.1");
            relay.put("KEYDB_PORT", Integer.toString(redis.settings().port()));
            GatewayConfig with = read(topics);
            try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open();
                    TopicsProvider.Service service = with.service(pool);
                    Gateway one = with.gateway(pool).host("127.0.0.1").start();
                    Gateway two = read(relay).gateway().host("127.0.0.1").start();
                    TestClient writer = new TestClient(one.port(), "", "");
                    TestClient reader = new TestClient(two.port(), "", "")) {
                assertThat(service).isNotNull();
                reader.send("{'op':'subscribe','table':'todos','hashId':'h','queryJson':{}}")
                        .op("snapshot");
                writer.data("ADD_SINGLE", "todos", "{'data':{'text':'seen by both'}}");
                assertThat(reader.op("rowEvent")
                                .get("event")
                                .get("row")
                                .get("text")
                                .stringValue())
                        .isEqualTo("seen by both");
                TestWorld.await("the cache has the rows", () -> redis.get("hcache:snap:demo_todos|h") != null);
            }
        }
    }

    @Test
    void what_is_not_understood_is_told() {
        assertThatThrownBy(() -> read(Map.of("KAFKA_BROKERS", "b:9092", "KEYDB_HOST", "redis")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("leave it out beside a pool");
        assertThatThrownBy(() -> read(Map.of("GATEWAY_ANSWER_FROM", "topics")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("names no brokers");
        assertThatThrownBy(() -> read(Map.of(
                                "GATEWAY_ANSWER_FROM", "topics", "KAFKA_BROKERS", "b:1", "KAFKA_TOPICS", "one"))
                        .gateway())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("kafka.topics");
        assertThatThrownBy(() -> new KafkaProvider().upstream(Map.of("broker", "b"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"kafka.broker\" is not known");
        assertThatThrownBy(
                        () -> new KafkaProvider().upstream(Map.of("brokers", "b"), Map.of("host", "h", "port", "many")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"redis.port\" cannot be read");
    }
}
