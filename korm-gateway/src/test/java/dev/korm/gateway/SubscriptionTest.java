package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.gateway.settings.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Subscriptions: first all rows, then each change in order, and never a row that is not the client's. */
@Timeout(60)
class SubscriptionTest {
    private static final String BY_N = "{'order':[{'field':'n','sort':'ASC_DEFAULT'}],'limit':4}";
    private static TestGateway world;
    private static Items<Document> items;

    @BeforeAll
    static void start() {
        world = new TestGateway(Limits.DEFAULT.withSubscriptions(3), builder -> builder);
        items = Korm.item(Document.class, world.pool);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Item<Document> create(String tenant, int n) {
        return items.fromData(TestGateway.TODOS, Document.of(Map.of("tenant", tenant, "n", n)))
                .create();
    }

    private static TestClient subscribe(TestClient client, String hash, String query, String more) {
        return client.send("{'op':'subscribe','table':'todos','hashId':'" + hash + "','queryJson':'"
                + query.replace("'", "\\\"") + "'" + more + "}");
    }

    /** The list as a client holds it. */
    private static final class Held {
        final List<JsonNode> rows = new ArrayList<>();
        long version;

        Held(JsonNode snapshot) {
            snapshot.get("rows").forEach(rows::add);
            assertThat(snapshot.get("version").longValue()).isZero();
            version = Long.parseLong(snapshot.get("cursor").get("lsn").stringValue());
        }

        void apply(JsonNode frame) {
            assertThat(frame.get("op").stringValue()).isEqualTo("rowEvent");
            assertThat(frame.get("version").longValue()).isGreaterThan(version);
            version = frame.get("version").longValue();
            JsonNode event = frame.get("event");
            assertThat(event.get("lsn").stringValue()).isEqualTo(Long.toString(version));
            assertThat(event.get("needFetch").booleanValue()).isFalse();
            switch (event.get("kind").stringValue()) {
                case "added" -> rows.add(event.get("pos").intValue(), event.get("row"));
                case "removed" ->
                    assertThat(rows.remove(event.get("from").intValue()).get("id"))
                            .isEqualTo(event.get("pk"));
                default -> {
                    assertThat(rows.remove(event.get("from").intValue()).get("id"))
                            .isEqualTo(event.get("pk"));
                    rows.add(event.get("pos").intValue(), event.get("row"));
                }
            }
        }

        List<String> ids() {
            return rows.stream().map(row -> row.get("id").stringValue()).toList();
        }
    }

    @Test
    void the_list_that_a_client_holds_is_what_the_query_finds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (TestClient client = world.client("walk", "w")) {
            subscribe(client, "h", BY_N, "");
            assertThat(client.op("ack").get("hashId").stringValue()).isEqualTo("h");
            Held held = new Held(client.op("snapshot"));
            assertThat(client.op("rangeIndex").get("pks")).isEmpty();
            List<Item<Document>> all = new ArrayList<>();
            for (int round = 0; round < 60; round++) {
                int kind = all.isEmpty() ? 0 : random.nextInt(4);
                if (kind <= 1) {
                    all.add(create("walk", random.nextInt(50)));
                } else if (kind == 2) {
                    int at = random.nextInt(all.size());
                    all.set(at, all.get(at).set("n", random.nextInt(50)).commit());
                } else {
                    all.remove(random.nextInt(all.size())).delete();
                }
                List<String> now = items
                        .fromQuery(TestGateway.TODOS)
                        .where(Filter.eq("tenant", "walk"))
                        .orderBy(Order.asc("n"))
                        .limit(4)
                        .get()
                        .stream()
                        .map(item -> item.rn().id().orElseThrow() + item.data().longValue("n"))
                        .toList();
                while (!held.rows.stream()
                        .map(row -> row.get("id").stringValue() + row.get("n").longValue())
                        .toList()
                        .equals(now)) {
                    JsonNode frame = client.next();
                    assertThat(frame).as("seed %d, round %d", seed, round).isNotNull();
                    if (frame.get("op").stringValue().equals("snapshot")) {
                        held = new Held(frame);
                    } else if (!frame.get("op").stringValue().equals("rangeIndex")) {
                        held.apply(frame);
                    }
                }
            }
        }
    }

    @Test
    void a_row_that_leaves_the_tenant_leaves_the_list_and_others_never_come() {
        Item<Document> own = create("leave", 1);
        try (TestClient client = world.client("leave", "l")) {
            subscribe(client, "h", BY_N, "");
            assertThat(client.op("snapshot").get("rows")).hasSize(1);
            create("stranger", 2);
            Item<Document> gone = own.set("tenant", "stranger").commit();
            JsonNode event = client.op("rowEvent").get("event");
            assertThat(event.get("kind").stringValue()).isEqualTo("removed");
            assertThat(event.has("row")).isFalse();
            gone.set("tenant", "leave").set("secret", "s").commit();
            JsonNode back = client.op("rowEvent").get("event");
            assertThat(back.get("kind").stringValue()).isEqualTo("added");
            assertThat(back.get("row").has("secret")).isFalse();
        }
    }

    @Test
    void a_call_of_one_client_is_seen_by_the_others() {
        try (TestClient reader = world.client("both", "r");
                TestClient writer = world.client("both", "w")) {
            subscribe(reader, "h", BY_N, "");
            reader.op("snapshot");
            String id = writer.data("ADD_SINGLE", "todos", "{'row':{'n':1}}")
                    .get("id")
                    .stringValue();
            assertThat(reader.op("rowEvent").get("event").get("pk").stringValue())
                    .isEqualTo(id);
            writer.data("UPDATE_SINGLE", "todos", "{'primaryId':'" + id + "','updates':{'n':2}}");
            JsonNode changed = reader.op("rowEvent").get("event");
            assertThat(changed.get("kind").stringValue()).isEqualTo("modified");
            assertThat(changed.get("row").get("n").intValue()).isEqualTo(2);
            writer.data("DELETE_ROW", "todos", "{'primaryId':'" + id + "'}");
            assertThat(reader.op("rowEvent").get("event").get("kind").stringValue())
                    .isEqualTo("removed");
        }
    }

    @Test
    void those_who_ask_the_same_share_one_query_and_the_last_ends_it() {
        requireNoLiveQuery(); // Those of clients who have just gone may still be ending.
        create("share", 1);
        try (TestClient first = world.client("share", "a");
                TestClient second = world.client("share", "b")) {
            subscribe(first, "x", BY_N, "");
            JsonNode one = first.op("snapshot");
            subscribe(second, "y", BY_N, "");
            JsonNode two = second.op("snapshot");
            assertThat(two.get("rows")).isEqualTo(one.get("rows"));
            assertThat(second.op("rangeIndex").get("pks")).hasSize(1);
            assertThat(world.gateway.liveQueries()).isEqualTo(1);
            create("share", 2);
            assertThat(first.op("rowEvent").get("event"))
                    .isEqualTo(second.op("rowEvent").get("event"));
            first.send("{'op':'unsubscribe','table':'todos','hashId':'x'}");
            // Frames of one client are handled one after the other.
            first.send("{'type':'echo','data':'unsubscribed'}");
            first.next(frame -> frame.path("type").asString("").equals("echo_response"));
            create("share", 3);
            second.op("rowEvent");
            first.send("{'type':'echo','data':'end'}");
            assertThat(first.next().get("type").asString("")).isEqualTo("echo_response");
        }
        requireNoLiveQuery();
    }

    private static void requireNoLiveQuery() {
        for (int wait = 0; wait < 2_000 && world.gateway.liveQueries() > 0; wait++) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(world.gateway.liveQueries()).as("live queries that are left").isZero();
    }

    @Test
    void a_version_to_resume_from_that_nobody_has_given_is_told_and_the_rows_come_anew() {
        create("resume", 1);
        try (TestClient client = world.client("resume", "r")) {
            subscribe(client, "h", BY_N, ",'resumeFromVersion':9007199254740991");
            assertThat(client.next(frame -> frame.path("op").asString("").equals("ack")))
                    .isNotNull();
            JsonNode error = client.next();
            assertThat(error.get("code").stringValue()).isEqualTo("version_ahead");
            assertThat(error.get("hashId").stringValue()).isEqualTo("h");
            Held held = new Held(client.op("snapshot"));
            create("resume", 2);
            held.apply(client.op("rowEvent"));
            subscribe(client, "h", BY_N, ",'resumeFromVersion':" + held.version);
            client.op("ack");
            JsonNode next = client.next();
            assertThat(next.get("op").stringValue()).isEqualTo("snapshot");
            Held again = new Held(next);
            assertThat(again.ids()).isEqualTo(held.ids());
            assertThat(again.version).isGreaterThanOrEqualTo(held.version);
            client.op("rangeIndex");
            create("resume", 3);
            again.apply(client.op("rowEvent"));
            client.send("{'type':'echo'}");
            assertThat(client.next().get("type").asString(""))
                    .as("one event, though it was subscribed to twice")
                    .isEqualTo("echo_response");
        }
    }

    @Test
    void a_binary_query_is_followed() {
        Korm.createAll(List.of(
                items.fromData(TestGateway.OPEN, Document.of(Map.of("city", "Bedrock", "year", 1))),
                items.fromData(TestGateway.OPEN, Document.of(Map.of("city", "Bedrock", "year", 3))),
                items.fromData(TestGateway.OPEN, Document.of(Map.of("city", "Bedrock"))),
                items.fromData(TestGateway.OPEN, Document.of(Map.of("city", "Rome", "year", 2)))));
        String base64 = StreamSupport.stream(vectors().get("queries").spliterator(), false)
                .filter(each -> each.get("json").get("hash").stringValue().equals("q2"))
                .findFirst()
                .orElseThrow()
                .get("base64")
                .stringValue();
        try (TestClient client = world.client("any", "a")) {
            client.send("{'op':'subscribe','table':'open','hashId':'q2','queryFbB64':'" + base64 + "'}");
            JsonNode rows = client.op("snapshot").get("rows");
            assertThat(rows).hasSize(2);
            assertThat(rows.get(0).get("year").intValue()).isEqualTo(3);
            items.fromData(TestGateway.OPEN, Document.of(Map.of("city", "Bedrock", "year", 2)))
                    .create();
            JsonNode removed = client.op("rowEvent").get("event");
            JsonNode added = client.op("rowEvent").get("event");
            assertThat(List.of(
                            removed.get("kind").stringValue(), added.get("kind").stringValue()))
                    .containsExactlyInAnyOrder("removed", "added");
            client.send("{'op':'subscribe','table':'open','hashId':'bad','queryFbB64':'AAAA'}");
            JsonNode error = client.op("error");
            assertThat(error.get("code").stringValue()).isEqualTo("snapshot_failed");
        }
    }

    private static JsonNode vectors() {
        try (var file = SubscriptionTest.class.getResourceAsStream("/dev/korm/gateway/vectors.json")) {
            return dev.korm.gateway.wire.Json.object(
                    "vectors", new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (java.io.IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    @Test
    void what_cannot_be_followed_is_told() {
        try (TestClient client = world.client("fail", "f")) {
            client.send("{'op':'subscribe','table':'unknown','hashId':'h','queryJson':'{}'}");
            JsonNode error = client.op("error");
            assertThat(error.get("code").stringValue()).isEqualTo("snapshot_failed");
            assertThat(error.get("hashId").stringValue()).isEqualTo("h");
            subscribe(
                    client,
                    "h",
                    "{'wrapper':{'field_name':'t','filter_type':'regex','value':{'StringValue':{'value':'.'}}}}",
                    "");
            assertThat(client.op("error").get("message").stringValue()).contains("regex");
            subscribe(client, "h", "not json", "");
            assertThat(client.op("error").get("message").stringValue()).contains("not JSON");
            for (String hash : List.of("a", "b", "c", "a")) {
                subscribe(client, hash, BY_N, "");
                client.op("snapshot");
            }
            subscribe(client, "d", BY_N, "");
            assertThat(client.op("error").get("message").stringValue()).contains("at most 3 subscriptions");
        }
    }
}
