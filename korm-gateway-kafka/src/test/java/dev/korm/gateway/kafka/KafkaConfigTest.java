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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
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

    private static final Pattern SETTING = Pattern.compile("\"(\\w+)\": \"\\$\\{(\\w+):-([^}]*)}\"");

    /** Returns the settings of a section of the container's file: their names, with what the variables say. */
    private static Map<String, String> section(String name, Function<MatchResult, String> value) throws IOException {
        String file = Files.readString(FILE);
        String section = file.substring(file.indexOf("\"" + name + "\": {"));
        return SETTING.matcher(section.substring(0, section.indexOf("\n  }")))
                .results()
                .collect(Collectors.toMap(setting -> setting.group(1), value));
    }

    @Test
    void variables_and_what_counts_without_them_are_those_of_the_protocol() throws IOException {
        Map<String, String> kafka = section("kafka", setting -> setting.group(2));
        assertThat(kafka.values())
                .containsExactlyInAnyOrder(
                        "KAFKA_BROKERS",
                        "KAFKA_GROUP",
                        "KAFKA_TOPICS",
                        "SQL_RPC_REQUEST_TOPIC",
                        "SQL_RPC_REPLY_TOPIC",
                        "QUERY_CONTROL_TOPIC",
                        "PAGE_SEED_TOPIC",
                        "SLOW_SOCKET_PAUSE_THRESHOLD");
        KafkaSettings plain = KafkaProvider.settings(section("kafka", setting -> setting.group(3)));
        assertThat(plain).isEqualTo(KafkaSettings.at("localhost:9092"));
        assertThat(List.of(
                        plain.group(),
                        plain.pageDiffs(),
                        plain.rowEvents(),
                        plain.requests(),
                        plain.control(),
                        plain.seeds()))
                .containsExactly(
                        "cladbe-ws-gateway",
                        "server.page.diffs",
                        "server.row.events",
                        "sql.rpc.requests",
                        "server.query.control",
                        "server.page.seed");
        assertThat(plain.replies()).as("one topic for each process").isEmpty();
        assertThat(plain.slowSockets()).isEqualTo(100);
        assertThat(section("redis", setting -> setting.group(2)).values())
                .contains(
                        "KEYDB_HOST",
                        "KEYDB_PORT",
                        "KEYDB_PASSWORD",
                        "KEYDB_PREFIX",
                        "HOTCACHE_MAX_DIFFS",
                        "HOTCACHE_RETENTION_MS");
        CacheSettings cache = KafkaProvider.cache(section("redis", setting -> setting.group(3)));
        assertThat(cache).isEqualTo(CacheSettings.at("localhost", 6379));
        assertThat(cache.prefix()).isEqualTo("hcache:");
        assertThat(cache.diffs()).isEqualTo(5_000);
        assertThat(cache.retention()).isEqualTo(Duration.ofMillis(600_000));
        CacheSettings set =
                KafkaProvider.cache(Map.of("password", "secret", "prefix", "p:", "maxDiffs", "7", "retentionMs", "0"));
        assertThat(set.password()).contains("secret");
        assertThat(set.retention()).as("never").isEqualTo(Duration.ZERO);
        assertThat(List.of(set.prefix(), set.diffs())).isEqualTo(List.of("p:", 7));
    }

    /** A reporter of Kafka's clients that keeps what they were made with. */
    public static final class Made implements MetricsReporter {
        private static final Queue<Map<String, ?>> CLIENTS = new ConcurrentLinkedQueue<>();

        @Override
        public void configure(Map<String, ?> properties) {
            CLIENTS.add(properties);
        }

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {}
    }

    @Test
    void settings_of_security_reach_each_client_and_are_shown_by_name_alone() {
        Map<String, String> security = Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"canary\";",
                "ssl.endpoint.identification.algorithm",
                "HTTPS",
                "metric.reporters",
                Made.class.getName());
        Map<String, String> configured = new HashMap<>(Map.of("brokers", "localhost:1"));
        security.forEach((name, value) -> configured.put("client." + name, value));
        KafkaSettings settings = KafkaProvider.settings(configured);
        Made.CLIENTS.clear();
        try (Broker broker = new Broker(settings)) {
            broker.producer().close(Duration.ZERO);
            broker.consumer(Optional.empty(), "latest").close(Duration.ZERO);
            assertThat(broker).isNotNull();
        }
        assertThat(Made.CLIENTS)
                .as("of the administration, of a producer, of a consumer")
                .hasSize(3);
        assertThat(Made.CLIENTS)
                .allSatisfy(each -> security.forEach((name, value) ->
                        assertThat(String.valueOf(each.get(name))).isEqualTo(value)));
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("canary");
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
