package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.gateway.config.GatewayConfig;
import dev.korm.gateway.settings.Limits;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration in a file: what it says holds, and what it says wrongly is told with its place. */
class GatewayConfigTest {
    @TempDir
    Path folder;

    private GatewayConfig read(String json, Map<String, String> variables) throws IOException {
        Path file = Files.writeString(folder.resolve("gateway.json"), json.replace('\'', '"'));
        return GatewayConfig.read(file, variables::get);
    }

    @Test
    void the_file_of_the_container_is_one_and_its_variables_have_defaults() throws IOException {
        Path file = Path.of("../docker/gateway.json");
        GatewayConfig config = GatewayConfig.read(file, Map.of("GATEWAY_ANONYMOUS", "demo", "WS_PORT", "0")::get);
        assertThat(config.layers()).containsExactly(Map.entry("main", "korm.sqlite"));
        assertThat(config.journal()).isEmpty();
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open();
                Gateway gateway = config.gateway(pool).host("127.0.0.1").start();
                TestClient client = TestClient.connect(gateway.port())) {
            assertThat(client.data("ADD_SINGLE", "todos", "{'data':{'text':'t'}}")
                            .get("tenant")
                            .stringValue())
                    .isEqualTo("demo");
        }
        assertThatThrownBy(() -> GatewayConfig.read(file, Map.<String, String>of()::get))
                .as("without a key nobody is let in")
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("without a key");
    }

    @Test
    void limits_are_those_of_the_protocol_where_nothing_else_is_said() throws IOException {
        Limits limits = Limits.DEFAULT;
        assertThat(limits.ping()).isEqualTo(Duration.ofSeconds(25));
        assertThat(limits.idle()).isEqualTo(Duration.ofSeconds(60));
        assertThat(limits.requestTime()).isEqualTo(Duration.ofSeconds(10));
        assertThat(List.of(limits.messageBytes(), limits.queuedBytes())).containsOnly(1 << 20);
        assertThat(limits.queuedFrames()).isEqualTo(1_000);
        assertThat(Files.readString(Path.of("../docker/gateway.json"))).contains("\"${WS_PORT:-7000}\"");
    }

    @Test
    void topics_need_the_module_that_has_them() throws IOException {
        GatewayConfig config = GatewayConfig.read(
                Path.of("../docker/gateway.json"),
                Map.of("GATEWAY_ANONYMOUS", "demo", "GATEWAY_ANSWER_FROM", "topics", "KAFKA_BROKERS", "broker:9092")
                        ::get);
        assertThat(config.layers()).isEmpty();
        assertThatThrownBy(config::gateway)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("korm-gateway-kafka");
    }

    @Test
    void a_filter_of_a_table_has_the_values_of_the_client() throws IOException {
        GatewayConfig config = read("""
            {'layers':{'main':'x'},'port':0,'auth':{'anonymous':'acme'},'tables':{'t':{
              'collection':'main:todo:item','allow':'read,add,update,create-table','fields':'*','where':{'filter_wrapper_type':'or','filters':[
                {'field_name':'owner','filter_type':'equals','value':{'StringValue':{'value':'$user'}}},
                {'field_name':'shared','filter_type':'equals','value':{'BoolValue':{'value':true}}}]}}}}\
            """, Map.of());
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open();
                Gateway gateway = config.gateway(pool).host("127.0.0.1").start();
                TestClient client = TestClient.connect(gateway.port())) {
            client.data("ADD_SINGLE", "t", "{'data':{'owner':'anonymous'}}");
            client.data("ADD_SINGLE", "t", "{'data':{'owner':'x','shared':true}}");
            assertThat(client.call("ADD_SINGLE", "t", "{'data':{'owner':'x'}}")
                            .get("ok")
                            .booleanValue())
                    .isFalse();
            assertThat(client.data("GET_DATA", "t", "{}")).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | not JSON",
                "[] | not an object",
                "{} | \"layers\" is missing",
                "{'layers':{'main':'x'}} | \"auth\" is missing",
                "{'layers':{'main':'x'},'auth':{}} | without a key",
                "{'layers':{'main':'x'},'auth':{'hs256':'short'}} | at least 32 bytes",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a','jwks':'https://x/'}} | protect nothing",
                "{'layers':{'main':'x'},'auth':{'jwks':'file:///etc/passwd'}} | begins with https",
                "{'layers':{'main':'x'},'auth':{'rs256':'nowhere.pem'}} | PEM",
                "{'layers':{'main':'x'},'auth':{'hs256':'${SECRET}'}} | needs the variable SECRET",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'}} | \"tables\" is missing",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{'t':{'collection':'a:b'}}} | which rows",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{'t':{'collection':'a:b','rows':'all','allow':'add'}}}"
                        + " | which fields",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{'t':{'collection':'b','rows':'all'}}} |"
                        + " namespace:kind",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{'t':{'collection':'a:b','rows':'all','allow':'drop'}}}"
                        + " | not drop",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{'t':{'collection':'a:b','rows':'all','alow':'read'}}}"
                        + " | tables.t.alow",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'limits':{'rows':'many'}} | limits.rows",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'limits':{'rows':0}} | at least 1",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'limits':{'ping':'soon'}} | limits.ping",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'port':'high'} | \"port\"",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'broadcast':'maybe'} | true or false",
                "{'layers':{'main':'x'},'auth':{'anonymous':'a'},'tables':{},'topics':'x'} | not known",
            })
    void what_is_not_right_is_told_with_its_place(String json, String why) {
        assertThatThrownBy(() -> read(json, Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(why);
    }
}
