package dev.korm.kalam;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.error.KalamSubscriptionException;
import dev.korm.kalam.live.ConnectionListener;
import dev.korm.kalam.live.LiveEvent;
import dev.korm.kalam.live.LiveRows;
import dev.korm.kalam.live.LiveRowsOptions;
import dev.korm.kalam.live.Subscription;
import dev.korm.kalam.live.SubscriptionOptions;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.sql.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions and live rows as the specification says it, named by its rows; runs against any server. */
class LiveConformanceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LOST = 50;

    private static TestServer server;
    private static KalamClient writer;
    private KalamClient client;
    private String table;

    public record Note(String id, Optional<Integer> stars) {}

    @BeforeAll
    static void open() {
        server = TestServer.open();
        writer = server.as("admin").build();
    }

    @AfterAll
    static void close() {
        writer.close();
        server.close();
    }

    @BeforeEach
    void table() {
        table = TestServer.namespace(writer) + ".notes";
        writer.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY, body TEXT, stars INT, at TIMESTAMP)");
        client = server.as("admin")
                .reconnect(RetryPolicy.reconnect().withWaits(Duration.ofMillis(20), Duration.ofMillis(100)))
                .build();
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    private static LiveRowsOptions quick() {
        return LiveRowsOptions.key("id").checks(Duration.ofSeconds(1), Duration.ofMillis(100));
    }

    @Test
    void L14_L17_a_subscription_connects_and_queries_do_not() {
        client.query("SELECT 1");
        assertThat(client.live().isConnected()).isFalse();
        Subscription first = client.live().subscribe(table, SubscriptionOptions.snapshot(), event -> {});
        Subscription second = client.live().subscribe(table, SubscriptionOptions.snapshot(), event -> {});
        assertThat(client.live().isConnected()).isTrue();
        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(client.live().subscriptions()).containsExactlyInAnyOrder(first, second);
        assertThat(client.live().isSubscribedTo(table)).isTrue();
        assertThat(client.live().isSubscribedTo("SELECT  * FROM " + table)).isTrue();
        second.close();
        second.close();
        client.live().disconnect();
        assertThat(client.live().isConnected()).isFalse();
        await().atMost(LIMIT).until(first::isClosed);
        client.query("SELECT 1");
        client.live()
                .subscribe(table, SubscriptionOptions.snapshot(), event -> {})
                .close();
    }

    @Test
    void L39_L43_L48_events_tell_what_changed() {
        writer.insert(table, Map.of("id", "a", "stars", 1, "body", "x"));
        List<LiveEvent> events = new CopyOnWriteArrayList<>();
        Subscription subscription = client.live().subscribe(table, SubscriptionOptions.snapshot(), events::add);
        await().atMost(LIMIT).until(() -> events.size() == 2);
        writer.insert(table, Map.of("id", "b", "stars", 2));
        writer.update(table, "b", java.util.Collections.singletonMap("stars", null));
        writer.delete(table, "b");
        await().atMost(LIMIT).until(() -> events.size() == 5);
        assertThat(events.get(0)).isInstanceOf(LiveEvent.Ack.class);
        assertThat(((LiveEvent.InitialBatch) events.get(1)).isLast()).isTrue();
        assertThat(events.get(1).rows().get(0).getString("body")).isEqualTo("x");
        assertThat(events.get(2).rows().get(0).getInt("stars")).isEqualTo(2);
        assertThat(events.get(3).rows().get(0).isNull("stars")).isTrue();
        assertThat(((LiveEvent.Updated) events.get(3)).oldRows().get(0).getInt("stars"))
                .isEqualTo(2);
        assertThat(events.get(4)).isInstanceOf(LiveEvent.Deleted.class);
        assertThat(events.get(4).rows().get(0).getString("id")).isEqualTo("b");
        await().atMost(LIMIT).until(() -> subscription
                .lastSeqId()
                .equals(events.get(4).rows().get(0).seq()));
    }

    @Test
    void L42_changes_only_and_the_newest_rows() {
        IntStream.range(0, 5).forEach(i -> writer.insert(table, Map.of("id", "k" + (9 - i), "stars", i)));
        List<LiveEvent> events = new CopyOnWriteArrayList<>();
        client.live().subscribe(table, SubscriptionOptions.snapshot().lastRows(2), events::add);
        await().atMost(LIMIT).until(() -> events.size() == 2);
        assertThat(events.get(1).rows())
                .extracting(row -> row.getInt("stars"))
                .as("newest first since 0.4.3, and last before")
                .containsExactlyInAnyOrder(4, 3);
        List<LiveEvent> changes = new CopyOnWriteArrayList<>();
        client.live().subscribe(table, SubscriptionOptions.changesOnly(), changes::add);
        writer.insert(table, Map.of("id", "new"));
        await().atMost(LIMIT).until(() -> changes.size() == 2);
        assertThatThrownBy(() -> SubscriptionOptions.snapshot().batchSize(1000))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void L44_batches_are_asked_for_one_after_another() {
        IntStream.range(0, 25).forEach(i -> writer.insert(table, Map.of("id", "k" + (100 + i))));
        List<LiveEvent> events = new CopyOnWriteArrayList<>();
        client.live().subscribe(table, SubscriptionOptions.snapshot().batchSize(10), events::add);
        await().atMost(LIMIT).until(() -> events.size() == 4);
        assertThat(events.stream()
                        .flatMap(event -> event.rows().stream())
                        .map(row -> row.getString("id"))
                        .distinct())
                .hasSize(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id IN ('a')",
                "stars BETWEEN 1 AND 2",
                "body IS NULL",
                "lower(body) = 'x'",
                "stars > -1",
                "stars + 1 = 2",
                "body",
                "body > 'a'",
                "body = NULL",
                "at = '2026-01-01'",
                "at > 5",
                "CAST(stars AS TEXT) = '1'",
                "body ->> 'a' = 'b'",
                "stars = 1 ORDER BY id",
                "stars = $1",
                "(stars = 1",
                "body = 'a' -- x",
                "notes.stars = 1"
            })
    void P7_5_filters_that_the_server_would_ignore_are_refused_by_name(String filter) {
        assertThatThrownBy(() -> client.live()
                        .subscribeSql(
                                "SELECT * FROM " + table + " WHERE " + filter,
                                SubscriptionOptions.changesOnly(),
                                event -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be subscribed to");
        // Here the server is not even given the filter; it is evaluated alike in both places all the same.
        assertThatThrownBy(() -> client.live().rows("SELECT * FROM " + table + " WHERE " + filter, quick()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be subscribed to");
    }

    @Test
    void L53_live_rows_may_leave_the_filter_to_the_server() {
        List<String> frames = new CopyOnWriteArrayList<>();
        client.live().onConnection(new ConnectionListener() {
            @Override
            public void onReceive(String frame) {
                frames.add(frame);
            }
        });
        try (LiveRows<String> rows = client.live()
                .rows(
                        row -> row.getString("id"),
                        "SELECT * FROM " + table + " WHERE stars = 1",
                        quick().filterAtServer())) {
            writer.insert(table, Map.of("id", "elsewhere", "stars", 2));
            writer.insert(table, Map.of("id", "a", "stars", 1));
            writer.insert(table, Map.of("id", "b", "stars", 1));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of("a", "b")));
            assertThat(frames).noneMatch(frame -> frame.contains("elsewhere"));
            // Of a row that leaves the filter the server says nothing; the comparison finds it.
            writer.update(table, "a", Map.of("stars", 2));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of("b")) && rows.isSettled());
        }
    }

    @Test
    void L40_an_unknown_table_is_refused() {
        assertThatThrownBy(() -> client.live().subscribe(table + "x", SubscriptionOptions.snapshot(), event -> {}))
                .isInstanceOf(KalamSubscriptionException.class);
        assertThat(client.live().subscriptions()).isEmpty();
    }

    @Test
    void L53_live_rows_follow_inserts_updates_deletes_and_rows_that_leave_the_filter() {
        writer.insert(table, Map.of("id", "a", "stars", 1));
        try (LiveRows<Note> rows = client.live()
                .rows(Note.class, "SELECT id, stars FROM " + table + " WHERE stars = 1 OR stars = 2", quick())) {
            List<List<Note>> shown = new CopyOnWriteArrayList<>();
            rows.onChange(shown::add);
            assertThat(rows.snapshot()).containsExactly(new Note("a", Optional.of(1)));
            writer.insert(table, Map.of("id", "b", "stars", 2));
            writer.insert(table, Map.of("id", "c", "stars", 3));
            writer.insert(table, Map.of("id", "null"));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 2);
            writer.update(table, "a", Map.of("stars", 7));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of(new Note("b", Optional.of(2)))));
            writer.delete(table, "b");
            writer.update(table, "c", Map.of("stars", 2));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of(new Note("c", Optional.of(2)))));
            await().atMost(LIMIT).until(rows::isSettled);
            assertThat(shown)
                    .as("what is outside of the filter is not even shown until the next comparison")
                    .allSatisfy(list -> assertThat(list)
                            .allMatch(note ->
                                    note.stars().orElse(0) == 1 || note.stars().orElse(0) == 2));
        }
    }

    @Test
    void L53_live_rows_hand_out_those_that_changed_last_made_by_a_mapper() {
        IntStream.range(0, 5).forEach(i -> writer.insert(table, Map.of("id", "k" + i, "stars", 3)));
        try (LiveRows<String> rows = client.live()
                .rows(row -> row.getString("id"), "SELECT * FROM " + table + " WHERE stars >= 3", quick().limit(3))) {
            assertThat(rows.snapshot()).containsExactly("k2", "k3", "k4");
            writer.update(table, "k0", Map.of("stars", 4));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of("k3", "k4", "k0")));
            writer.update(table, "k4", Map.of("stars", 1));
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of("k2", "k3", "k0")));
            writer.delete(table, "k0");
            await().atMost(LIMIT).until(() -> rows.snapshot().equals(List.of("k1", "k2", "k3")) && rows.isSettled());
        }
        assertThatThrownBy(() -> quick().limit(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void P0_6_P0_7_live_rows_are_right_although_events_are_dropped() {
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM " + table, quick())) {
            StringBuilder tuples = new StringBuilder();
            for (int i = 0; i < 2500; i++) {
                tuples.append(i == 0 ? "" : ", ")
                        .append("('k")
                        .append(i * 7919 % 2500)
                        .append("', ")
                        .append(i)
                        .append(')');
            }
            // A fast reader may get them all; so some are lost for sure, where the server can be told to lose them.
            server.local().ifPresent(local -> local.faults().dropNotifications(LOST));
            writer.query("INSERT INTO " + table + " (id, stars) VALUES " + tuples);
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 2500 && rows.isSettled());
            server.local().ifPresent(local -> local.faults().dropNotifications(LOST));
            writer.query("UPDATE " + table + " SET stars = stars + 1 WHERE stars >= 0");
            writer.query("DELETE FROM " + table + " WHERE stars <= 1000");
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 1500 && rows.isSettled());
            assertThat(rows.snapshot()).allMatch(row -> row.getInt("stars") > 1000);
        }
    }

    @Test
    void P0_7_live_rows_are_right_behind_writers_that_race() throws Exception {
        long seed = System.nanoTime();
        try (LiveRows<Row> rows =
                client.live().rows("SELECT id, stars FROM " + table + " WHERE stars < 50", quick().pages(7))) {
            List<Thread> writers = IntStream.range(0, 3)
                    .mapToObj(i -> new Thread(() -> write(new java.util.Random(seed + i))))
                    .toList();
            writers.forEach(Thread::start);
            for (Thread thread : writers) {
                thread.join();
            }
            await().atMost(LIMIT).until(rows::isSettled);
            List<String> stored = writer.pages(
                            dev.korm.kalam.sql.Pages.of(table, "id", "stars").where("stars < 50"))
                    .map(row -> row.getString("id") + row.getInt("stars"))
                    .toList();
            assertThat(rows.snapshot().stream().map(row -> row.getString("id") + row.getInt("stars")))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(stored);
        }
    }

    private void write(java.util.Random random) {
        for (int i = 0; i < 150; i++) {
            String id = "k" + random.nextInt(40);
            try {
                switch (random.nextInt(4)) {
                    case 0 -> writer.delete(table, id);
                    case 1 -> writer.update(table, id, Map.of("stars", random.nextInt(100)));
                    case 2 ->
                        writer.query("UPDATE " + table + " SET stars = stars + 1 WHERE stars < $1", random.nextInt(60));
                    default -> writer.insertIfAbsent(table, Map.of("id", id, "stars", random.nextInt(100)));
                }
            } catch (dev.korm.kalam.error.KalamHttpException e) {
                // A row that another has deleted meanwhile cannot be updated.
            }
        }
    }

    @Test
    void L50_a_flow_of_rows_gives_the_newest_to_whoever_is_slow() throws Exception {
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM " + table, quick())) {
            List<List<Row>> seen = new CopyOnWriteArrayList<>();
            Flow.Subscription[] flow = new Flow.Subscription[1];
            rows.publisher().subscribe(new Collector<>(seen, flow));
            IntStream.range(0, 20).forEach(i -> writer.insert(table, Map.of("id", "k" + i)));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 20);
            assertThat(seen).isEmpty();
            flow[0].request(1);
            await().atMost(LIMIT).until(() -> seen.size() == 1);
            assertThat(seen.get(0)).hasSize(20);
            flow[0].cancel();
        }
    }

    @Test
    void L40_a_flow_of_events_hands_out_as_many_as_are_asked_for() {
        List<LiveEvent> seen = new CopyOnWriteArrayList<>();
        Flow.Subscription[] flow = new Flow.Subscription[1];
        client.live()
                .events("SELECT * FROM " + table, SubscriptionOptions.changesOnly())
                .subscribe(new Collector<>(seen, flow));
        IntStream.range(0, 20).forEach(i -> writer.insert(table, Map.of("id", "k" + i)));
        flow[0].request(3);
        await().atMost(LIMIT).until(() -> seen.size() == 3);
        flow[0].request(Long.MAX_VALUE);
        await().atMost(LIMIT).until(() -> seen.size() == 21);
        flow[0].cancel();
        await().atMost(LIMIT).until(() -> client.live().subscriptions().isEmpty());
    }

    @Test
    void L24_L25_L27_connection_listeners_are_told() {
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicInteger frames = new AtomicInteger();
        List<String> sent = new ArrayList<>();
        client.live().onConnection(new ConnectionListener() {
            @Override
            public void onConnect() {
                told.add("connect");
            }

            @Override
            public void onDisconnect(String reason) {
                told.add("disconnect");
            }

            @Override
            public void onReceive(String frame) {
                frames.incrementAndGet();
            }

            @Override
            public void onSend(String frame) {
                sent.add(frame);
            }
        });
        client.live().connect();
        client.live().connect();
        client.live().subscribe(table, SubscriptionOptions.changesOnly(), event -> {});
        client.live().disconnect();
        assertThat(told).containsExactly("connect", "disconnect");
        assertThat(frames).hasValueGreaterThanOrEqualTo(2);
        assertThat(sent).allMatch(frame -> !frame.contains("eyJ"));
    }

    private record Collector<T>(List<T> seen, Flow.Subscription[] flow) implements Flow.Subscriber<T> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            flow[0] = subscription;
        }

        @Override
        public void onNext(T item) {
            seen.add(item);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
