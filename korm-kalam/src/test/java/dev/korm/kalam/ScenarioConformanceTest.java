package dev.korm.kalam;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicMessage;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.consumer.WorkerBuilder;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.sql.Pages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scenarios of workers, as row C-46 of the specification lists them; runs against any server. */
class ScenarioConformanceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final RetryPolicy TWICE =
            RetryPolicy.messages().withMaxAttempts(2).withWaits(Duration.ofMillis(1), Duration.ofMillis(1));
    private static TestServer server;
    private static KalamClient admin;
    private String source;
    private String target;
    private String topic;

    public record Event(String id, String who, String body, Long amount) {}

    @BeforeAll
    static void open() {
        server = TestServer.open();
        admin = server.as("admin").build();
    }

    @AfterAll
    static void close() {
        admin.close();
        server.close();
    }

    @BeforeEach
    void tables() {
        String space = TestServer.namespace(admin);
        source = space + ".events";
        target = space + ".results";
        topic = space + ".changes";
        for (String table : List.of(source, target)) {
            admin.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY, who TEXT, body TEXT, amount BIGINT)");
        }
        admin.topics().create(topic, 1);
        for (TopicOp operation : TopicOp.values()) {
            admin.topics().addSource(topic, source, operation);
        }
    }

    private static void write(String id, String who, String body, long amount, String table) {
        admin.insert(table, Map.of("id", id, "who", who, "body", body, "amount", amount));
    }

    private WorkerBuilder<Event> worker(String group) {
        return admin.topics()
                .worker(group, topic, group, Event.class)
                .start(Start.earliest())
                .retry(TWICE)
                .idleDelay(Duration.ofMillis(5));
    }

    private Map<String, Long> amounts() {
        return admin.pages(Pages.of(target, "id", "amount"))
                .collect(Collectors.toMap(row -> row.getString("id"), row -> row.getLong("amount")));
    }

    @Test
    void C46_messages_of_a_chat_are_projected_edited_and_redacted() {
        write("m1", "ann", "Helo", 1, source);
        write("m2", "bob", "a secret", 1, source);
        admin.update(source, "m1", Map.of("body", "Hello"));
        admin.delete(source, "m2");
        try (Worker<Event> worker = worker("projection")
                .handler((context, change) -> {
                    Event row = change.row();
                    switch (change.op()) {
                        case INSERT -> context.sql().insertIfAbsent(target, Map.of("id", row.id(), "body", row.body()));
                        case UPDATE -> context.sql().update(target, row.id(), Map.of("body", row.body()));
                        default -> context.sql().update(target, row.id(), Map.of("body", "redacted"));
                    }
                })
                .start()) {
            await().atMost(LIMIT).until(() -> admin.queryAll("SELECT id, body FROM " + target + " ORDER BY id").stream()
                    .map(row -> row.getString("id") + " " + row.getString("body"))
                    .toList()
                    .equals(List.of("m1 Hello", "m2 redacted")));
        }
    }

    @Test
    void C46_counters_of_what_is_unread_count_each_message_once_although_some_come_twice() {
        IntStream.range(0, 6).forEach(i -> write("m" + i, i % 3 == 0 ? "ann" : "bob", "x", 1, source));
        AtomicInteger deliveries = new AtomicInteger();
        try (Worker<Event> worker = worker("unread")
                .retry(TWICE.withMaxAttempts(10))
                .handler((context, change) -> {
                    // The key is taken by the first delivery alone, so what is counted are rows and not deliveries.
                    context.sql()
                            .insertIfAbsent(
                                    target,
                                    Map.of(
                                            "id",
                                            context.runKey(),
                                            "who",
                                            change.row().who(),
                                            "amount",
                                            1L));
                    if (deliveries.incrementAndGet() % 2 == 1) {
                        throw new IllegalStateException("dies behind its write");
                    }
                })
                .start()) {
            await().atMost(LIMIT).until(() -> deliveries.get() == 12);
        }
        assertThat(admin.queryAll("SELECT who, count(*) AS n FROM " + target + " GROUP BY who ORDER BY who").stream()
                        .map(row -> row.getString("who") + "=" + row.getLong("n")))
                .containsExactly("ann=2", "bob=4");
    }

    @Test
    void C46_states_of_a_job_are_passed_one_after_another() {
        write("job", "ann", "queued", 0, source);
        List<String> seen = new CopyOnWriteArrayList<>();
        Map<String, String> next = Map.of("queued", "running", "running", "done");
        try (Worker<Event> worker = worker("jobs")
                .onRow((context, job) -> {
                    seen.add(job.body());
                    String state = next.get(job.body());
                    if (state != null) {
                        context.sql().update(source, job.id(), Map.of("body", state));
                    }
                })
                .start()) {
            await().atMost(LIMIT).until(() -> seen.contains("done"));
        }
        assertThat(seen).containsExactly("queued", "running", "done");
    }

    @Test
    void C46_what_cannot_be_done_is_kept_as_a_dead_letter_and_the_rest_goes_on() {
        IntStream.range(0, 4).forEach(i -> write("w" + i, "ann", i == 1 ? "broken" : "fine", i, source));
        List<String> done = new CopyOnWriteArrayList<>();
        try (Worker<Event> worker = worker("letters")
                .onFailed((context, message, failure) -> context.sql()
                        .insertIfAbsent(
                                target,
                                Map.of(
                                        "id", context.runKey(),
                                        "body", String.valueOf(failure.getMessage()),
                                        "amount", message.offset())))
                .onRow((context, row) -> {
                    if (row.body().equals("broken")) {
                        throw new IllegalStateException("refused by the address");
                    }
                    done.add(row.id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> done.size() == 3);
        }
        assertThat(done).containsExactly("w0", "w2", "w3");
        assertThat(amounts()).containsExactly(Map.entry("letters:" + topic + ":0:1", 1L));
    }

    @Test
    void C46_a_ticket_goes_to_one_of_several_who_want_it() throws Exception {
        write("t1", "ann", "printer", 0, source);
        AtomicInteger lost = new AtomicInteger();
        List<String> won = new CopyOnWriteArrayList<>();
        List<Worker<Event>> agents = IntStream.range(0, 3)
                .mapToObj(i -> worker("agent" + i).onRow((context, ticket) -> {
                    try {
                        context.sql().insert(target, Map.of("id", ticket.id(), "who", context.name()));
                        won.add(context.name());
                    } catch (KalamConflictException taken) {
                        lost.incrementAndGet();
                    }
                }))
                .toList();
        agents.forEach(Worker::start);
        await().atMost(LIMIT).until(() -> won.size() + lost.get() == 3);
        agents.forEach(Worker::close);
        assertThat(won).hasSize(1);
        assertThat(admin.queryOne("SELECT who FROM " + target).orElseThrow().getString("who"))
                .isEqualTo(won.get(0));
    }

    @Test
    void C46_many_changes_are_summed_and_two_groups_audit_them_alike() {
        int rows = 500;
        admin.insertAll(
                source,
                IntStream.range(0, rows)
                        .<Map<String, Object>>mapToObj(
                                i -> Map.of("id", "k" + i, "who", "u" + i % 5, "body", "call", "amount", (long) i))
                        .toList());
        List<TopicMessage> one = new CopyOnWriteArrayList<>();
        List<TopicMessage> other = new CopyOnWriteArrayList<>();
        try (Worker<Event> first =
                        worker("sums").batchSize(200).handler((context, change) -> one.add(change.message()));
                Worker<Event> second =
                        worker("audit").batchSize(7).handler((context, change) -> other.add(change.message()))) {
            first.start();
            second.start();
            await().atMost(LIMIT).until(() -> one.size() == rows && other.size() == rows);
        }
        assertThat(one.stream()
                        .mapToLong(message -> message.rowAs(Event.class).amount())
                        .sum())
                .isEqualTo(rows * (rows - 1L) / 2);
        assertThat(other)
                .extracting(TopicMessage::offset)
                .isEqualTo(one.stream().map(TopicMessage::offset).toList());
    }
}
