package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Stores that fail, tables that change and several gateways: what clients are told, and that it goes on by itself. */
@Timeout(60)
class GatewayFaultTest {
    private static final String SUBSCRIBE =
            "{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'order':[{'field':'n','sort':'ASC_DEFAULT'}]}}";

    @TempDir
    Path folder;

    @Test
    void a_store_that_is_away_is_told_and_the_subscription_goes_on_when_it_is_back() {
        FaultyLayer layer = FaultyLayer.around(Sqlite.memory());
        try (TestGateway world = new TestGateway(layer);
                TestClient client = world.client("acme", "fred")) {
            client.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
            layer.failNext(Call.SELECT, Moment.BEFORE, Outcome.NOT_APPLIED);
            JsonNode failed = client.call("GET_DATA", "todos", "{}");
            assertThat(failed.get("ok").booleanValue()).isFalse();
            assertThat(failed.get("code").stringValue()).isEqualTo("store_unavailable");
            assertThat(failed.get("error").stringValue()).isEqualTo("The store does not answer; try again later");
            assertThat(client.data("GET_DATA", "todos", "{}")).hasSize(1);
            layer.failNext(Call.SELECT, Moment.BEFORE, Outcome.NOT_APPLIED);
            client.send(SUBSCRIBE);
            JsonNode error = client.op("error");
            assertThat(error.get("code").stringValue()).isEqualTo("snapshot_failed");
            assertThat(client.send(SUBSCRIBE).op("snapshot").get("rows")).hasSize(1);
        }
    }

    @Test
    void a_column_that_comes_while_a_table_is_followed_is_in_the_rows_that_follow() {
        try (TestGateway world = new TestGateway();
                TestClient client = world.client("acme", "fred")) {
            client.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
            client.send(SUBSCRIBE).op("snapshot");
            client.data("ADD_SINGLE", "todos", "{'data':{'n':2,'brand':{'new':[1]}}}");
            JsonNode row = client.op("rowEvent").get("event").get("row");
            assertThat(row.get("brand").get("new").get(0).intValue()).isEqualTo(1);
        }
    }

    @Test
    void what_is_changed_by_one_gateway_is_seen_at_another_and_versions_carry_over() {
        Path file = folder.resolve("todo.sqlite");
        try (TestGateway one = new TestGateway(Sqlite.file(file));
                TestGateway two = new TestGateway(Sqlite.file(file));
                TestClient writer = one.client("acme", "fred");
                TestClient reader = two.client("acme", "wilma")) {
            writer.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
            reader.send(SUBSCRIBE);
            assertThat(reader.op("snapshot").get("rows")).hasSize(1);
            writer.data("ADD_SINGLE", "todos", "{'data':{'n':2}}");
            JsonNode seen = reader.op("rowEvent");
            assertThat(seen.get("event").get("pos").intValue()).isEqualTo(1);
            writer.send(SUBSCRIBE.replace("'hashId'", "'resumeFromVersion':" + seen.get("version") + ",'hashId'"));
            writer.op("ack");
            assertThat(writer.next().get("op").stringValue()).isEqualTo("snapshot");
        }
    }
}
