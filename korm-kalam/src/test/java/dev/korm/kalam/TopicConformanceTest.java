package dev.korm.kalam;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.agent.Agent;
import dev.korm.kalam.agent.LanguageModel;
import dev.korm.kalam.agent.ModelRequest;
import dev.korm.kalam.consumer.ConsumeRequest;
import dev.korm.kalam.consumer.OnUnacked;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicConsumer;
import dev.korm.kalam.consumer.TopicMessage;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Topics;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.settings.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics, consumers and workers as the specification says it, named by its rows; runs against any server. */
class TopicConformanceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final RetryPolicy TWICE =
            RetryPolicy.messages().withMaxAttempts(2).withWaits(Duration.ofMillis(1), Duration.ofMillis(1));
    private static TestServer server;
    private static KalamClient admin;
    private String table;
    private String topic;
    private Topics topics;

    public record Note(String id, Long stars) {}

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
    void topic() {
        String space = TestServer.namespace(admin);
        table = space + ".notes";
        topic = space + ".note-changes";
        topics = admin.topics();
        admin.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY, stars BIGINT)");
        topics.create(topic, 1);
        for (TopicOp operation : TopicOp.values()) {
            topics.addSource(topic, table, operation);
        }
    }

    private void write(int from, int to) {
        for (int i = from; i < to; i++) {
            admin.insert(table, Map.of("id", "k" + i, "stars", (long) i));
        }
    }

    private ConsumeRequest request() {
        return ConsumeRequest.of(topic, "g").start(Start.earliest()).limit(3);
    }

    @Test
    void C05_C07_C08_C10_C11_a_poll_returns_what_changed() {
        write(0, 1);
        admin.update(table, "k0", Map.of("stars", 7L));
        admin.delete(table, "k0");
        List<TopicMessage> messages = topics.consume(request()).messages();
        assertThat(messages)
                .extracting(TopicMessage::op)
                .containsExactly(TopicOp.INSERT, TopicOp.UPDATE, TopicOp.DELETE);
        assertThat(messages).extracting(TopicMessage::offset).containsExactly(0L, 1L, 2L);
        assertThat(messages.get(1).rowAs(Note.class)).isEqualTo(new Note("k0", 7L));
        assertThat(messages.get(2).row().path("_deleted").asBoolean()).isTrue();
        assertThat(messages.get(0).key()).contains("k0");
        assertThat(messages.get(0).user()).isEmpty();
        assertThat(messages.get(0).timestamp()).isPresent();
    }

    @Test
    void C13_an_acknowledgement_holds_for_all_before() {
        write(0, 5);
        topics.consume(request());
        topics.ack(topic, "g", 0, 1);
        topics.ack(topic, "g", 0, 0);
        assertThat(topics.consume(request()).messages())
                .extracting(TopicMessage::offset)
                .containsExactly(3L, 4L);
        assertThat(topics.consume(ConsumeRequest.of(topic, "other").start(Start.earliest()))
                        .messages())
                .hasSize(5);
    }

    @Test
    void C06_a_group_begins_where_it_is_said() {
        write(0, 3);
        assertThat(topics.consume(ConsumeRequest.of(topic, "l")).messages()).isEmpty();
        assertThat(topics.consume(ConsumeRequest.of(topic, "o").start(Start.offset(1)))
                        .messages())
                .hasSize(2);
        assertThat(topics.consume(ConsumeRequest.of(topic, "p").start(Start.parse(" Earliest ")))
                        .messages())
                .hasSize(3);
        assertThatThrownBy(() -> Start.parse("first")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void P0_12_what_is_malformed_is_never_sent() {
        assertThatThrownBy(() -> ConsumeRequest.of(topic, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConsumeRequest.of("\"a.b\"", "g")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConsumeRequest.of("nodot", "g")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request().limit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request().partition(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topics.ack(topic, "g", 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> topics.ack(topic, " ", 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void C03_S60_roles_and_second_topics() {
        try (KalamClient alice = server.as("alice").build()) {
            assertThatThrownBy(() -> alice.topics().consume(request()))
                    .isInstanceOfSatisfying(
                            KalamAuthException.class, e -> assertThat(e.code()).isEqualTo("FORBIDDEN"));
        }
        assertThat(topics.createIfAbsent(topic, 1)).isFalse();
    }

    @Test
    void C14_C16_C17_C18_C19_a_consumer_runs_until_it_is_stopped_and_again() throws Exception {
        write(0, 7);
        List<Long> seen = new ArrayList<>();
        TopicConsumer consumer = topics.consumer(request()).autoAck(true).idleDelay(Duration.ofMillis(10));
        consumer.run(context -> {
            seen.add(context.message().offset());
            if (context.message().offset() == 4) {
                context.ack();
                context.ack();
                consumer.stop();
            }
        });
        assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThatThrownBy(() -> topics.consumer(ConsumeRequest.of(topic, "g2").start(Start.earliest()))
                        .run(context -> {
                            throw new IllegalStateException("handler");
                        }))
                .hasMessage("handler");
    }

    @Test
    void C20_C25_C27_a_worker_acknowledges_what_is_done() {
        write(0, 10);
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .batchSize(4)
                .idleDelay(Duration.ofMillis(10))
                .handler((context, change) ->
                        seen.add(context.runKey() + "=" + change.row().id()))
                .start()) {
            await().atMost(LIMIT).until(() -> seen.size() == 10);
            assertThat(seen.get(9)).isEqualTo("w:" + topic + ":0:9=k9");
        }
        assertThat(topics.consume(request()).messages()).isEmpty();
    }

    @Test
    void C26_C28_C31_C32_what_fails_is_retried_and_handed_to_on_failed() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .retry(TWICE)
                .idleDelay(Duration.ofMillis(10))
                .onRetry(failure -> told.add("retry"))
                .onFailed((context, message, failure) -> told.add("failed " + context.attempt()))
                .handler((context, change) -> {
                    if (change.row().id().equals("k1")) {
                        throw new java.io.IOException("no");
                    }
                    told.add(change.row().id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k2"));
        }
        assertThat(told).containsExactly("k0", "retry", "failed 2", "k2");
        assertThat(topics.consume(request()).messages()).isEmpty();
    }

    @Test
    void C26_C32_what_is_not_worth_it_is_tried_once_and_what_is_not_to_be_acknowledged_is_held() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .retry(TWICE)
                .retryIf(failure -> !(failure instanceof IllegalStateException))
                .ackOnFailed(false)
                .holdDelay(Duration.ofMillis(5))
                .idleDelay(Duration.ofMillis(10))
                .onRetry(failure -> told.add("retry"))
                .onFailed((context, message, failure) -> told.add("failed " + context.attempt()))
                .onRow((context, row) -> {
                    if (row.id().equals("k1")) {
                        throw new IllegalStateException("no");
                    }
                    told.add(row.id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.size() >= 4);
            assertThat(worker.isRunning()).isTrue();
        }
        assertThat(told).startsWith("k0", "failed 1", "failed 1", "failed 1").doesNotContain("retry", "k2");
    }

    @Test
    void C30_C34_a_worker_holds_at_a_message_that_fails_and_loses_nothing() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicLong failures = new AtomicLong();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .retry(TWICE)
                .holdDelay(Duration.ofMillis(20))
                .idleDelay(Duration.ofMillis(10))
                .onError(failure -> told.add("error"))
                .handler((context, change) -> {
                    if (change.row().id().equals("k1") && failures.incrementAndGet() < 5) {
                        throw new java.io.IOException("no");
                    }
                    told.add(change.row().id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k2"));
        }
        assertThat(told).containsExactly("k0", "error", "error", "k1", "k2");
    }

    @Test
    void C34_a_worker_that_skips_goes_on() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .retry(RetryPolicy.none())
                .onUnacked(OnUnacked.SKIP)
                .idleDelay(Duration.ofMillis(10))
                .onRow((context, row) -> {
                    if (row.id().equals("k1")) {
                        throw new java.io.IOException("no");
                    }
                    told.add(row.id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k2"));
        }
        assertThat(told).containsExactly("k0", "k2");
    }

    @Test
    void C23_a_message_that_cannot_be_read_is_told_and_passed_over() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .parser(message -> {
                    if (message.offset() == 1) {
                        throw new IllegalArgumentException("poison");
                    }
                    return message.offset() == 0 ? null : message.rowAs(Note.class);
                })
                .idleDelay(Duration.ofMillis(10))
                .onError(failure -> told.add("error"))
                .onRow((context, row) -> told.add(row.id()))
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k2"));
        }
        assertThat(told).containsExactly("error", "k2");
    }

    @Test
    void C36_what_is_done_already_is_not_done_again() {
        write(0, 3);
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicLong stored = new AtomicLong(1);
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .doneUpTo(stored::get)
                .idleDelay(Duration.ofMillis(10))
                .handler((context, change) -> {
                    stored.set(change.message().offset());
                    told.add(change.row().id());
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k2"));
        }
        assertThat(told).containsExactly("k2");
    }

    @Test
    void C37_C38_a_worker_is_fatally_refused_and_stops_at_once() {
        Worker<Note> refused =
                topics.worker("w", topic + "-none", "g", Note.class).onRow((context, row) -> {});
        assertThatThrownBy(refused::run).isInstanceOf(dev.korm.kalam.error.KalamHttpException.class);
        Worker<Note> idle = topics.worker("w", topic, "g", Note.class)
                .idleDelay(Duration.ofHours(1))
                .onRow((context, row) -> {})
                .start();
        assertThat(idle.isRunning()).isTrue();
        idle.close();
        assertThat(idle.isRunning()).isFalse();
    }

    @Test
    void C12_a_worker_may_require_that_messages_name_a_user() {
        String space = table.substring(0, table.indexOf('.'));
        String own = space + ".own";
        admin.query("CREATE USER TABLE " + own + " (id TEXT PRIMARY KEY, stars BIGINT)");
        topics.addSource(topic, own, TopicOp.INSERT);
        write(0, 1);
        try (KalamClient alice = server.as("alice").build()) {
            alice.insert(own, Map.of("id", "hers"));
        }
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .requireUser()
                .idleDelay(Duration.ofMillis(10))
                .onError(failure -> told.add(failure.getClass().getSimpleName()))
                .handler((context, change) -> told.add(change.message().user().orElse("nobody")))
                .start()) {
            await().atMost(LIMIT).until(() -> told.size() == 2);
            assertThat(worker.isRunning()).isTrue();
        }
        assertThat(told.get(0)).isEqualTo("KalamDataException");
        assertThat(told.get(1)).isNotEqualTo("nobody");
    }

    @Test
    void C39_C40_an_agent_asks_a_language_model_about_rows() {
        write(0, 2);
        List<String> told = new CopyOnWriteArrayList<>();
        LanguageModel model = request -> {
            if (request.runKey().endsWith(":1") && !told.contains("refused")) {
                told.add("refused");
                throw new java.io.IOException("busy");
            }
            return request.systemPrompt().orElse("") + "/" + request.prompt() + "/" + ((Note) request.row()).id();
        };
        try (Worker<Note> agent = Agent.of(topics.worker("ai", topic, "g", Note.class)
                        .start(Start.earliest())
                        .retry(TWICE)
                        .idleDelay(Duration.ofMillis(10)))
                .model(model)
                .systemPrompt("brief")
                .onRow((context, row) -> {
                    String answer = context.complete("sum up");
                    assertThat(context.row()).isEqualTo(row);
                    assertThat(context.topic()).isEqualTo(context.message().topic());
                    assertThat(context.sql().queryAll("SELECT 1")).hasSize(1);
                    told.add(context.name() + " " + context.group() + " " + context.attempt() + "/"
                            + context.maxAttempts() + " " + answer);
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.size() == 3);
            assertThat(agent.isRunning()).isTrue();
        }
        assertThat(told).containsExactly("ai g 1/2 brief/sum up/k0", "refused", "ai g 2/2 brief/sum up/k1");
        assertThat(topics.consume(request()).messages()).isEmpty();
    }

    @Test
    void C40_a_model_streams_or_says_that_it_does_not() {
        write(0, 1);
        List<String> told = new CopyOnWriteArrayList<>();
        LanguageModel whole = request -> "whole";
        LanguageModel streaming = new LanguageModel() {
            @Override
            public String complete(ModelRequest request) {
                return "ab";
            }

            @Override
            public void stream(ModelRequest request, Consumer<String> pieces) {
                pieces.accept("a");
                pieces.accept("b");
            }
        };
        for (Agent<Note> agent : List.of(
                agent("none", told),
                agent("whole", told).model(whole),
                agent("streams", told).model(streaming))) {
            int before = told.size();
            try (Worker<Note> worker = agent.onRow((context, row) -> context.stream("x", told::add))
                    .start()) {
                await().atMost(LIMIT)
                        .until(() -> told.size() > before
                                && !told.get(told.size() - 1).equals("a"));
                assertThat(worker.isRunning()).isTrue();
            }
        }
        assertThat(told).containsExactly("IllegalStateException", "UnsupportedOperationException", "a", "b");
    }

    @Test
    void C29_what_fails_behind_its_acknowledgement_is_told_and_not_tried_again() {
        write(0, 2);
        List<String> told = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .retry(TWICE)
                .idleDelay(Duration.ofMillis(10))
                .onRetry(failure -> told.add("retry"))
                .onError(failure -> told.add("error"))
                .onRow((context, row) -> {
                    told.add(row.id());
                    context.ack();
                    if (row.id().equals("k0")) {
                        throw new java.io.IOException("too late");
                    }
                })
                .start()) {
            await().atMost(LIMIT).until(() -> told.contains("k1"));
            assertThat(worker.isRunning()).isTrue();
        }
        assertThat(told).containsExactly("k0", "error", "k1");
    }

    private Agent<Note> agent(String group, List<String> told) {
        return Agent.of(topics.worker("ai", topic, group, Note.class)
                .start(Start.earliest())
                .retry(RetryPolicy.none())
                .onFailed((context, message, failure) ->
                        told.add(failure.getClass().getSimpleName())));
    }
}
