package dev.korm.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.gateway.Gateway;
import dev.korm.gateway.wire.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The cache, in a real Redis, which goes away and comes back. */
@Timeout(120)
class HotCacheTest {
    private static final String SUBSCRIBE =
            "{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'order':[{'field':'n','sort':'ASC_DEFAULT'}]}}";

    private static ArrayNode rows(String json) {
        return (ArrayNode) Json.MAPPER.readTree(json);
    }

    @Test
    void rows_drop_the_changes_that_are_in_them_and_the_newest_alone_are_kept() {
        try (TestRedis redis = new TestRedis();
                HotCache cache = new HotCache(redis.settings().withDiffs(3))) {
            for (long lsn : new long[] {9, 10, 10, 11, 9, 100}) {
                cache.add("acme_todos|h", lsn, new byte[] {(byte) lsn});
            }
            assertThat(lsns(cache, 0)).containsExactly(10L, 11L, 100L);
            assertThat(redis.list("hcache:diff:acme_todos|h").get(0)).isEqualTo("{\"lsn\":\"10\",\"b64\":\"Cg==\"}");
            cache.store("acme_todos|h", rows("[{\"id\":\"a\",\"n\":9007199254740993}]"), List.of("a"), 11);
            assertThat(lsns(cache, 0)).containsExactly(100L);
            assertThat(lsns(cache, 100)).isEmpty();
            JsonNode kept = Json.MAPPER.readTree(redis.get("hcache:snap:acme_todos|h"));
            assertThat(kept.get("cursor").get("lsn").stringValue()).isEqualTo("11");
            assertThat(kept.get("rows").get(0).get("n").longValue()).isEqualTo(9_007_199_254_740_993L);
            assertThat(kept.get("ts").isNumber()).isTrue();
            assertThat(redis.list("hcache:range:acme_todos|h")).containsExactly("a");
            assertThat(cache.rows("acme_todos|h"))
                    .hasValueSatisfying(all -> assertThat(all.lsn()).isEqualTo(11));
        }
    }

    private static List<Long> lsns(HotCache cache, long fence) {
        return cache.after("acme_todos|h", fence).stream()
                .map(HotCache.Diff::lsn)
                .toList();
    }

    @Test
    void a_cache_that_is_away_is_told_in_time_and_used_again_when_it_is_back() {
        try (TestRedis redis = new TestRedis();
                HotCache cache = new HotCache(redis.settings().withTimeout(Duration.ofSeconds(1)))) {
            cache.add("k", 1, new byte[] {1});
            redis.stop();
            assertThat(cache.isReady(Duration.ofSeconds(1))).isFalse();
            assertThatThrownBy(() -> cache.add("k", 2, new byte[] {2}))
                    .isInstanceOf(TopicException.class)
                    .hasMessageContaining("look after it");
            redis.start();
            TestWorld.await("the cache is back", () -> cache.isReady(Duration.ofSeconds(1)));
            cache.add("k", 3, new byte[] {3});
            assertThat(cache.after("k", 2)).hasSize(1);
        }
    }

    @Test
    void page_diffs_reach_those_who_are_behind_and_those_who_come_later_from_the_cache() {
        try (TestRedis redis = new TestRedis();
                TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            Gateway gateway = world.gateway(Optional.of(redis.settings()));
            try (TestClient client = new TestClient(gateway.port(), "acme", "fred")) {
                long fence = Long.parseLong(client.send(SUBSCRIBE.replace("todos", "plain"))
                        .op("snapshot")
                        .get("cursor")
                        .get("lsn")
                        .stringValue());
                byte[] old = {1};
                byte[] next = {2, 3};
                long far = fence + 1_000_000_000_000L;
                world.put(world.settings.pageDiffs(), "acme_plain|h", old, Map.of("lsn", Long.toString(fence)));
                world.put(world.settings.pageDiffs(), "acme_plain|h", next, Map.of("__lsn", Long.toString(far)));
                world.put(world.settings.pageDiffs(), "acme_plain|h", new byte[] {9}, Map.of());
                assertThat(Base64.getDecoder()
                                .decode(client.op("binary").get("b64").stringValue()))
                        .isEqualTo(next);
                TestWorld.await(
                        "the cache has it",
                        () -> redis.list("hcache:diff:acme_plain|h").size() == 2);
                try (TestClient later = new TestClient(gateway.port(), "acme", "wilma")) {
                    later.send(SUBSCRIBE.replace("todos", "plain")).op("snapshot");
                    // A frame that is busy lets it come as a text.
                    JsonNode replayed =
                            later.next(frame -> frame.path("op").asString("").matches("binary|diffB64"));
                    assertThat(Base64.getDecoder().decode(replayed.get("b64").stringValue()))
                            .isEqualTo(next);
                }
                assertThat(redis.list("hcache:diff:acme_plain|h")).hasSize(1);
            }
        }
    }

    @Test
    void offsets_are_committed_when_the_cache_has_the_change() throws Exception {
        try (TestRedis redis = new TestRedis();
                TestWorld world = new TestWorld(TestBroker.shared())) {
            world.serve();
            world.gateway(Optional.of(redis.settings().withTimeout(Duration.ofSeconds(1))));
            world.put(world.settings.pageDiffs(), "acme_todos|h", new byte[] {1}, Map.of("lsn", "1"));
            TestWorld.await("the first is committed", () -> committed(world) == 1);
            redis.stop();
            world.put(world.settings.pageDiffs(), "acme_todos|h", new byte[] {2}, Map.of("lsn", "2"));
            world.put(world.settings.pageDiffs(), "acme_todos|h", new byte[] {3}, Map.of("lsn", "3"));
            assertThat(committed(world)).isEqualTo(1);
            redis.start();
            TestWorld.await("both are in the cache", () -> redis.list("hcache:diff:acme_todos|h").stream()
                    .anyMatch(entry -> entry.contains("\"3\"")));
            assertThat(redis.list("hcache:diff:acme_todos|h"))
                    .anyMatch(entry -> entry.contains("\"2\""))
                    .doesNotHaveDuplicates();
            TestWorld.await("they are committed", () -> committed(world) == 3);
        }
    }

    private static long committed(TestWorld world) {
        try (var admin =
                org.apache.kafka.clients.admin.Admin.create(Map.of("bootstrap.servers", world.settings.brokers()))) {
            Map<TopicPartition, OffsetAndMetadata> known = admin.listConsumerGroupOffsets(world.settings.group())
                    .partitionsToOffsetAndMetadata()
                    .get(10, java.util.concurrent.TimeUnit.SECONDS);
            return known.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
        } catch (Exception failed) {
            return -1;
        }
    }

    @Test
    @Tag("long")
    void the_last_rows_are_shown_while_no_service_answers_and_fresh_ones_when_one_does() {
        try (TestRedis redis = new TestRedis();
                TestWorld world = new TestWorld(TestBroker.shared())) {
            KafkaService service = world.serve();
            Gateway gateway = world.gateway(Optional.of(redis.settings()));
            try (TestClient client = new TestClient(gateway.port(), "acme", "fred");
                    TestClient late = new TestClient(gateway.port(), "acme", "wilma")) {
                client.data("ADD_SINGLE", "todos", "{'data':{'n':1}}");
                assertThat(client.send(SUBSCRIBE).op("snapshot").get("rows")).hasSize(1);
                service.close();
                assertThat(late.send(SUBSCRIBE).op("snapshot").get("rows")).hasSize(1);
                assertThat(late.op("error").get("code").stringValue()).isEqualTo("store_unavailable");
                world.serve();
                assertThat(late.op("snapshot").get("rows")).hasSize(1);
            }
        }
    }
}
