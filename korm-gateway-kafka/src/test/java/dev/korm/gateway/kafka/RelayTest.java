package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.query.CallBuffers;
import dev.korm.gateway.query.QueryBuffers;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A gateway without a pool, and a service over one: what clients see, and what is on the topics. The broker is a real one. */
@Timeout(120)
class RelayTest {
    private static final String QUERY = "{'order':[{'field':'n','sort':'ASC_DEFAULT'}],'limit':0}";

    private static String subscribe(String hash) {
        return "{'op':'subscribe','table':'todos','hashId':'" + hash + "','queryJson':" + QUERY + "}";
    }

    @Test
    void a_change_in_the_pool_reaches_a_client_of_a_gateway_that_has_none() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Gateway gateway = world.gateway();
            try (TestClient client = new TestClient(gateway.port(), "acme", "fred")) {
                assertThat(client.send(subscribe("h")).op("snapshot").get("rows"))
                        .isEmpty();
                Item<Document> made = Korm.item(Document.class, world.pool)
                        .fromData(TestWorld.TODOS, Document.of(Map.of("n", 1L, "tenant", "acme", "secret", "s")))
                        .create();
                JsonNode added = client.op("rowEvent");
                assertThat(added.get("hashId").stringValue()).isEqualTo("h");
                assertThat(added.get("event").get("routingKey").stringValue()).isEqualTo("acme_todos|h");
                assertThat(added.get("event").get("kind").stringValue()).isEqualTo("added");
                assertThat(added.get("event").get("pos").intValue()).isZero();
                assertThat(added.get("event").get("row").has("secret")).isFalse();
                assertThat(added.get("version").longValue())
                        .isEqualTo(Long.parseLong(added.get("event").get("lsn").stringValue()));
                made.update(data -> data.with(dev.korm.FieldPath.parse("n"), 2L))
                        .commit();
                JsonNode changed = client.op("rowEvent");
                assertThat(changed.get("event").get("kind").stringValue()).isEqualTo("modified");
                assertThat(changed.get("event").get("row").get("n").longValue()).isEqualTo(2);
                assertThat(changed.get("version").longValue())
                        .isGreaterThan(added.get("version").longValue());
                Korm.item(Document.class, world.pool)
                        .fromData(TestWorld.TODOS, Document.of(Map.of("n", 1L, "tenant", "other")))
                        .create();
                client.send("{'op':'rpc','method':'ADD_SINGLE','table':'todos','payload':{'data':{'n':3}}}");
                assertThat(client.op("rowEvent")
                                .get("event")
                                .get("row")
                                .get("n")
                                .longValue())
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void the_list_that_a_client_holds_is_what_the_query_finds_over_topics() {
        long seed = Long.getLong("korm.seed", System.nanoTime());
        Random random = new Random(seed);
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Gateway one = world.gateway();
            Gateway two = world.gateway();
            try (TestClient writer = new TestClient(one.port(), "acme", "fred");
                    TestClient early = new TestClient(one.port(), "acme", "fred");
                    TestClient other = new TestClient(two.port(), "acme", "wilma")) {
                String query = "{'op':'subscribe','table':'todos','hashId':'top','queryJson':"
                        + "{'order':[{'field':'n','sort':'DESC_DEFAULT'},{'field':'id','sort':'ASC_DEFAULT'}],'limit':5}}";
                List<Held> lists = new ArrayList<>(List.of(new Held(early), new Held(other)));
                lists.forEach(list -> list.client.send(query));
                List<String> ids = new ArrayList<>();
                for (int turn = 0; turn < 60; turn++) {
                    int n = random.nextInt(20);
                    if (ids.isEmpty() || random.nextInt(3) == 0) {
                        ids.add(writer.data("ADD_SINGLE", "todos", "{'data':{'n':" + n + "}}")
                                .get("id")
                                .stringValue());
                    } else if (random.nextInt(4) == 0) {
                        String id = ids.remove(random.nextInt(ids.size()));
                        writer.data("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}");
                    } else {
                        String id = ids.get(random.nextInt(ids.size()));
                        writer.data("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'n':" + n + "}}");
                    }
                    if (turn == 30) {
                        other.send("{'op':'unsubscribe','table':'todos','hashId':'top'}");
                        Held again = new Held(new TestClient(two.port(), "acme", "barney"));
                        again.client.send(query);
                        lists.set(1, again);
                    }
                }
                // The last one tells that all before it has come.
                writer.data("ADD_SINGLE", "todos", "{'data':{'n':1000}}");
                List<String> found = new ArrayList<>();
                writer.data(
                                "GET_DATA",
                                "todos",
                                "{'order':[{'field':'n','sort':'DESC_DEFAULT'},{'field':'id','sort':'ASC_DEFAULT'}],'limit':5}")
                        .get("rows")
                        .forEach(row -> found.add(row.toString()));
                for (Held list : lists) {
                    list.hearUntil(row -> row.get("n").longValue() == 1000);
                    assertThat(list.rows).as("-Dkorm.seed=%d", seed).isEqualTo(found);
                }
                lists.get(1).client.close();
            }
        }
    }

    /** The list that a client makes of what it is told. */
    private static final class Held {
        private final TestClient client;
        private final List<String> rows = new ArrayList<>();
        private long version;

        Held(TestClient client) {
            this.client = client;
        }

        void hearUntil(java.util.function.Predicate<JsonNode> last) {
            boolean found = false;
            long remaining = 1;
            while (!found || remaining > 0) {
                JsonNode frame = client.next(each -> {
                    String op = each.path("op").asString("");
                    return op.equals("snapshot") || op.equals("rowEvent");
                });
                if (frame.get("op").stringValue().equals("snapshot")) {
                    rows.clear();
                    frame.get("rows").forEach(row -> rows.add(row.toString()));
                    version = Long.parseLong(frame.get("cursor").get("lsn").stringValue());
                    remaining = 0;
                } else {
                    assertThat(frame.get("version").longValue()).isGreaterThan(version);
                    version = frame.get("version").longValue();
                    JsonNode event = frame.get("event");
                    remaining = event.get("remaining").longValue();
                    if (!event.get("from").isNull()) {
                        rows.remove(event.get("from").intValue());
                    }
                    if (!event.get("pos").isNull()) {
                        rows.add(event.get("pos").intValue(), event.get("row").toString());
                    }
                }
                found |= rows.stream().anyMatch(row -> last.test(Json.MAPPER.readTree(row)));
            }
        }
    }

    @Test
    void what_a_gateway_follows_is_on_the_control_topic_and_its_rows_on_that_of_seeds() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            try (TestClient client = new TestClient(world.gateway().port(), "acme", "fred")) {
                client.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
                client.send(subscribe("h"));
                JsonNode snapshot = client.op("snapshot");
                ConsumerRecord<String, byte[]> named = last(world.until(world.settings.control(), each -> true));
                assertThat(named.key()).isEqualTo("acme_todos|h");
                assertThat(QueryBuffers.read(named.value()))
                        .isEqualTo(QueryJson.read(Json.object("query", QUERY.replace('\'', '"'))));
                ConsumerRecord<String, byte[]> seed = last(world.until(world.settings.seeds(), each -> true));
                assertThat(seed.key()).isEqualTo("acme_todos|h");
                JsonNode told = Json.object("seed", new String(seed.value(), StandardCharsets.UTF_8));
                assertThat(told.get("companyId").stringValue()).isEqualTo("acme");
                assertThat(told.get("table").stringValue()).isEqualTo("todos");
                assertThat(told.get("hashId").stringValue()).isEqualTo("h");
                assertThat(told.get("cursor")).isEqualTo(snapshot.get("cursor"));
                assertThat(told.get("rows")).isEqualTo(snapshot.get("rows"));
                client.send("{'op':'unsubscribe','table':'todos','hashId':'h'}");
                ConsumerRecord<String, byte[]> ended =
                        last(world.until(world.settings.control(), each -> each.value() == null));
                assertThat(ended.key()).isEqualTo("acme_todos|h");
            }
        }
    }

    private static ConsumerRecord<String, byte[]> last(List<ConsumerRecord<String, byte[]>> all) {
        return all.get(all.size() - 1);
    }

    @Test
    void a_query_that_another_gateway_ends_is_named_anew_where_it_is_followed() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Gateway one = world.gateway();
            Gateway two = world.gateway();
            try (TestClient stays = new TestClient(one.port(), "acme", "fred");
                    TestClient goes = new TestClient(two.port(), "acme", "wilma")) {
                stays.send(subscribe("h")).op("snapshot");
                goes.send(subscribe("h")).op("snapshot");
                goes.send("{'op':'unsubscribe','table':'todos','hashId':'h'}");
                stays.op("snapshot");
                goes.data("ADD_SINGLE", "todos", "{'data':{'n':7}}");
                stays.next(frame -> frame.toString().contains("\"n\":7"));
            }
        }
    }

    @Test
    void calls_go_over_topics_and_errors_keep_their_words() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            try (TestClient client = new TestClient(world.gateway().port(), "acme", "fred");
                    TestClient foreign = new TestClient(world.gateway().port(), "other", "fred")) {
                JsonNode row = client.data("ADD_SINGLE", "todos", "{'data':{'n':9007199254740993,'text':'ü'}}");
                String id = row.get("id").stringValue();
                assertThat(row.get("n").longValue()).isEqualTo(9_007_199_254_740_993L);
                assertThat(row.get("tenant").stringValue()).isEqualTo("acme");
                assertThat(client.data("GET_SINGLE", "todos", "{'primaryId':'" + id + "'}"))
                        .isEqualTo(row);
                assertThat(client.data("GET_DATA", "todos", "{'limit':10}")).hasSize(1);
                assertThat(client.data("TABLE_EXISTS", "todos", "{}").booleanValue())
                        .isTrue();
                assertThat(client.data("TABLE_EXISTS", "none", "{}").booleanValue())
                        .isFalse();
                JsonNode sums = client.data(
                        "RUN_AGGREGATION",
                        "todos",
                        "{'countEnabled':true,'sumFields':['n'],'wrapper':{'filter_wrapper_type':'and','filters':"
                                + "[{'field_name':'text','filter_type':'equals','value':{'StringValue':{'value':'ü'}}}]}}");
                assertThat(sums.get("count").intValue()).isEqualTo(1);
                assertThat(sums.get("sumValues").get(0).get("value").stringValue())
                        .isEqualTo("9007199254740993");
                assertThat(foreign.data("GET_DATA", "todos", "{}")).isEmpty();
                assertThat(code(foreign.call("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}")))
                        .isEqualTo("not_found");
                assertThat(code(foreign.call("GET_DATA", "todos", "{'companyId':'acme'}")))
                        .isEqualTo("forbidden");
                assertThat(code(client.call("GET_DATA", "none", "{}"))).isEqualTo("unknown_table");
                assertThat(code(client.call("GET_DATA", "mine", "{}"))).isEqualTo("unsupported");
                assertThat(code(client.call("ADD_SINGLE", "mine", "{'data':{}}")))
                        .isEqualTo("forbidden");
                assertThat(client.data("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}")
                                .booleanValue())
                        .isTrue();
            }
        }
    }

    private static String code(JsonNode result) {
        assertThat(result.get("ok").booleanValue()).as("%s", result).isFalse();
        return result.get("code").stringValue();
    }

    @Test
    void a_tenant_whose_name_could_be_part_of_anothers_key_is_refused() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            try (TestClient client = new TestClient(world.gateway().port(), "acme_todos", "fred")) {
                JsonNode error = client.send(subscribe("h")).op("error");
                assertThat(error.get("code").stringValue()).isEqualTo("snapshot_failed");
                assertThat(error.get("message").stringValue()).contains("a tenant's name has no");
            }
        }
    }

    @Test
    void a_service_answers_the_bytes_of_a_foreign_gateway_on_the_topic_that_they_name() {
        try (TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Korm.item(Document.class, world.pool)
                    .fromData(TestWorld.TODOS, Document.of(Map.of("n", 1L, "tenant", "acme")))
                    .create();
            String replies = "foreign" + System.nanoTime();
            world.broker.require(java.util.Set.of(replies));
            world.put(
                    world.settings.requests(),
                    "c1",
                    CallBuffers.write(new CallBuffers.Call(
                            "c1",
                            replies,
                            "GET_DATA",
                            "acme",
                            "todos",
                            Json.MAPPER.createObjectNode().put("limit", 5),
                            Optional.empty())),
                    Map.of());
            CallBuffers.Answer answer =
                    CallBuffers.answer(last(world.until(replies, each -> true)).value());
            assertThat(answer.correlation()).isEqualTo("c1");
            assertThat(answer.data()).hasSize(1);
            world.put(world.settings.requests(), "c2", new byte[] {1, 2, 3}, Map.of());
            world.put(
                    world.settings.requests(),
                    "c3",
                    CallBuffers.write(new CallBuffers.Call(
                            "c3",
                            replies,
                            "GET_DATA",
                            "acme",
                            "none",
                            Json.MAPPER.createObjectNode(),
                            Optional.empty())),
                    Map.of());
            CallBuffers.Answer refused = CallBuffers.answer(
                    last(world.until(replies, each -> "c3".equals(each.key()))).value());
            assertThat(refused.error()).contains("There is no such table");
            assertThat(refused.badRequest()).isTrue();
        }
    }
}
