package dev.korm.kalam;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.consumer.ConsumeRequest;
import dev.korm.kalam.consumer.MessageContext;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicConsumer;
import dev.korm.kalam.consumer.TopicMessage;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Topics;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.consumer.WorkerBuilder;
import dev.korm.kalam.error.KalamAuthException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partitions, groups and settings of consumers as the specification says it, named by its rows; runs against any server. */
class ConsumerConformanceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofMillis(5);
    private static TestServer server;
    private static KalamClient admin;
    private String table;
    private String topic;
    private Topics topics;

    public record Note(String id) {}

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
        admin.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY)");
    }

    private void write(int partitions, int rows) {
        topics.create(topic, partitions);
        topics.addSource(topic, table, TopicOp.INSERT);
        admin.insertAll(
                table,
                IntStream.range(0, rows)
                        .<Map<String, Object>>mapToObj(i -> Map.of("id", "k" + i))
                        .toList());
    }

    private WorkerBuilder<Note> worker() {
        return topics.worker("w", topic, "g", Note.class)
                .start(Start.earliest())
                .idleDelay(SOON);
    }

    @Test
    void C42_one_worker_reads_several_partitions_at_the_same_time() {
        write(3, 30);
        Map<Integer, List<Long>> offsets = new ConcurrentHashMap<>();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        // Each waits for the others, so that one thread alone would never come to an end.
        CountDownLatch all = new CountDownLatch(3);
        Worker<Note> worker = worker().partitions(0, 1, 2, 1).handler((context, change) -> {
            if (threads.add(Thread.currentThread().getName())) {
                all.countDown();
                assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
            }
            offsets.computeIfAbsent(change.message().partition(), first -> new CopyOnWriteArrayList<>())
                    .add(change.message().offset());
        });
        try (worker) {
            worker.start();
            await().atMost(LIMIT)
                    .until(() -> offsets.values().stream().mapToInt(List::size).sum() == 30);
            assertThat(threads).hasSize(3);
            assertThat(Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("kalam-worker-w")))
                    .as("a partition that is named twice is read once")
                    .hasSize(3);
            assertThat(offsets.values()).allSatisfy(of -> assertThat(of)
                    .containsExactlyElementsOf(IntStream.range(0, of.size())
                            .mapToObj(Long::valueOf)
                            .toList()));
        }
        assertThat(worker.isRunning()).isFalse();
        assertThat(IntStream.range(0, 3)
                        .mapToObj(i -> topics.consume(ConsumeRequest.of(topic, "g")
                                        .start(Start.earliest())
                                        .partition(i))
                                .messages())
                        .flatMap(List::stream))
                .isEmpty();
    }

    @Test
    void C42_the_failure_of_one_partition_ends_the_others_and_an_offset_is_that_of_one() {
        write(2, 8);
        Worker<Note> worker = worker().partitions(0, 1).handler((context, change) -> {
            if (change.message().partition() == 1) {
                throw new LinkageError("of partition 1");
            }
        });
        assertThatThrownBy(worker::run).isInstanceOf(LinkageError.class);
        assertThat(worker.isRunning()).isFalse();
        try (KalamClient alice = server.as("alice").build()) {
            Worker<Note> refused = alice.topics()
                    .worker("w", topic, "g", Note.class)
                    .partitions(0, 1)
                    .onRow((context, row) -> {});
            assertThatThrownBy(refused::run).isInstanceOf(KalamAuthException.class);
        }
        assertThatThrownBy(() -> worker().partitions(0, 1).doneUpTo(() -> 0).onRow((context, row) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one partition");
        assertThatThrownBy(() -> worker().partitions()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> worker().partitions(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void C42_a_handler_of_any_partition_may_close_its_worker_and_an_interrupt_ends_all() throws Exception {
        write(2, 8);
        List<Worker<Note>> made = new ArrayList<>();
        CountDownLatch closed = new CountDownLatch(2);
        made.add(worker().partitions(0, 1).handler((context, change) -> {
            made.get(0).close();
            closed.countDown();
        }));
        Worker<Note> worker = made.get(0);
        worker.start();
        // A handler that waited for its own thread would go on after 30 s.
        await().atMost(Duration.ofSeconds(20)).until(() -> !worker.isRunning());
        assertThat(closed.getCount()).isLessThan(2);
        CountDownLatch handled = new CountDownLatch(2);
        Thread running = new Thread(() -> topics.worker("w", topic, "interrupted", Note.class)
                .start(Start.earliest())
                .partitions(0, 1)
                .onRow((context, row) -> {
                    handled.countDown();
                    new CountDownLatch(1).await();
                })
                .run());
        running.start();
        assertThat(handled.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        running.interrupt();
        running.join(LIMIT.toMillis());
        assertThat(running.isAlive()).isFalse();
    }

    @Test
    void C43_consumers_of_one_group_get_different_messages_and_an_acknowledgement_is_for_both() {
        write(1, 6);
        ConsumeRequest request =
                ConsumeRequest.of(topic, "g").start(Start.earliest()).limit(3);
        assertThat(topics.consume(request).messages())
                .extracting(TopicMessage::offset)
                .containsExactly(0L, 1L, 2L);
        assertThat(topics.consume(request).messages())
                .extracting(TopicMessage::offset)
                .containsExactly(3L, 4L, 5L);
        topics.ack(topic, "g", 0, 5);
        assertThat(topics.consume(request).messages()).isEmpty();
    }

    @Test
    void C35_whoever_takes_longer_than_the_server_waits_is_told_once_for_a_batch() {
        write(1, 6);
        List<Long> slow = new CopyOnWriteArrayList<>();
        List<Long> done = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = worker().batchSize(3)
                .maxProcessing(Duration.ofNanos(1), message -> slow.add(message.offset()))
                .handler((context, change) -> done.add(change.message().offset()))
                .start()) {
            await().atMost(LIMIT).until(() -> done.size() == 6 && slow.size() == 2);
        }
        assertThat(slow).containsExactly(0L, 3L);
        try (Worker<Note> worker = topics.worker("w", topic, "other", Note.class)
                .start(Start.earliest())
                .maxProcessing(Duration.ofHours(1), message -> slow.add(message.offset()))
                .handler((context, change) -> done.add(change.message().offset()))
                .start()) {
            await().atMost(LIMIT).until(() -> done.size() == 12);
        }
        assertThat(slow).hasSize(2);
    }

    @Test
    void C44_a_consumer_is_set_by_names_and_underscores_win() throws Exception {
        write(1, 6);
        TopicConsumer consumer = topics.consumer(Map.of(
                        "topic",
                        topic,
                        "group.id",
                        "dots",
                        "group_id",
                        "named",
                        "auto.offset.reset",
                        "earliest",
                        "max_poll_records",
                        "4",
                        "auto_commit_interval",
                        "1"))
                .idleDelay(SOON);
        List<MessageContext> seen = new ArrayList<>();
        consumer.run(context -> {
            assertThat(context.message().group()).isEqualTo("named");
            seen.add(context);
            if (seen.size() == 2) {
                consumer.stop();
            }
        });
        assertThat(seen).extracting(context -> context.message().offset()).containsExactly(0L, 1L);
        assertThat(topics.consume(ConsumeRequest.of(topic, "named").start(Start.earliest()))
                        .messages())
                .extracting(TopicMessage::offset)
                .as("a poll took four, and holds those two of them that were not handled")
                .containsExactly(4L, 5L);
        topics.create(topic + "-parts", 2);
        topics.addSource(topic + "-parts", table, TopicOp.UPDATE);
        admin.query("CREATE SHARED TABLE " + table + "2 (id TEXT PRIMARY KEY)");
        topics.addSource(topic + "-parts", table + "2", TopicOp.INSERT);
        IntStream.range(0, 20).forEach(i -> admin.insert(table + "2", Map.of("id", "k" + i)));
        TopicConsumer second = topics.consumer(Map.of(
                        "topic", topic + "-parts",
                        "group_id", "parts",
                        "partition.id", "1",
                        "auto_offset_reset", "earliest",
                        "enable_auto_commit", "false"))
                .idleDelay(SOON);
        List<MessageContext> ofOne = new ArrayList<>();
        second.run(context -> {
            assertThat(ofOne).as("nothing is acknowledged").noneMatch(MessageContext::isAcked);
            ofOne.add(context);
            if (ofOne.size() == 2) {
                second.stop();
            }
        });
        assertThat(ofOne).allMatch(context -> context.message().partition() == 1);
        Map<String, String> base = Map.of("topic", topic, "group_id", "g");
        for (Map.Entry<String, String> wrong : Map.of(
                        "max_poll_records", "many",
                        "enable_auto_commit", "perhaps",
                        "auto_offset_reset", "middle",
                        "partition_id", "-1",
                        "poll_timeout", "0",
                        "retry_backoff", "soon",
                        "request_timeout", "90000000",
                        "bootstrap.servers", "x:1")
                .entrySet()) {
            Map<String, String> all = new HashMap<>(base);
            all.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> topics.consumer(all)).as("%s", wrong).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> topics.consumer(Map.of("topic", topic)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group_id");
    }

    @Test
    void C44_what_is_done_is_acknowledged_once_an_interval_and_at_the_end() throws Exception {
        write(1, 6);
        TopicConsumer rarely = topics.consumer(Map.of(
                        "topic", topic,
                        "group_id", "rarely",
                        "auto_offset_reset", "earliest",
                        "auto_commit_interval", "3600000"))
                .idleDelay(SOON);
        List<MessageContext> seen = new ArrayList<>();
        rarely.run(context -> {
            assertThat(seen).as("an hour has not passed").noneMatch(MessageContext::isAcked);
            seen.add(context);
            if (seen.size() == 6) {
                rarely.stop();
            }
        });
        assertThat(seen).extracting(MessageContext::isAcked).containsExactly(false, false, false, false, false, true);
        seen.clear();
        TopicConsumer often = topics.consumer(Map.of(
                        "topic",
                        topic,
                        "group_id",
                        "often",
                        "auto_offset_reset",
                        "earliest",
                        "auto.commit.interval.ms",
                        "1"))
                .idleDelay(SOON);
        assertThatThrownBy(() -> often.run(context -> {
                    seen.add(context);
                    if (seen.size() == 4) {
                        throw new IllegalStateException("the fourth fails");
                    }
                    await().pollDelay(Duration.ofMillis(2)).until(() -> true);
                }))
                .hasMessage("the fourth fails");
        assertThat(seen).extracting(MessageContext::isAcked).containsExactly(true, true, true, false);
        seen.clear();
        TopicConsumer failing = topics.consumer(Map.of(
                "topic",
                topic,
                "group_id",
                "failing",
                "auto_offset_reset",
                "earliest",
                "auto_commit_interval",
                "60000"));
        assertThatThrownBy(() -> failing.run(context -> {
                    seen.add(context);
                    if (seen.size() == 3) {
                        throw new IllegalStateException("the third fails");
                    }
                }))
                .hasMessage("the third fails");
        assertThat(seen)
                .as("what was done before a failure is acknowledged at once")
                .extracting(MessageContext::isAcked)
                .containsExactly(false, true, false);
    }

    @Test
    void C44_a_poll_waits_for_messages_as_long_as_it_is_said() throws Exception {
        topics.create(topic, 1);
        topics.addSource(topic, table, TopicOp.INSERT);
        Map<String, String> settings =
                Map.of("topic", topic, "group_id", "waits", "auto_offset_reset", "earliest", "poll_timeout", "40");
        try (TopicConsumer consumer = topics.consumer(settings).idleDelay(SOON)) {
            long begun = System.nanoTime();
            assertThat(consumer.poll()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(40), LIMIT);
            consumer.pollTimeout(LIMIT);
            CompletableFuture<List<MessageContext>> polled = CompletableFuture.supplyAsync(consumer::poll);
            admin.insert(table, Map.of("id", "k0"));
            List<MessageContext> first = polled.get(30, TimeUnit.SECONDS);
            assertThat(first).extracting(context -> context.message().offset()).containsExactly(0L);
            assertThat(first).noneMatch(MessageContext::isAcked);
            consumer.ackInterval(Duration.ofMillis(1)).close();
            assertThat(first).as("closing says that it was done").allMatch(MessageContext::isAcked);
        }
        TopicConsumer closed = topics.consumer(settings).pollTimeout(LIMIT);
        CompletableFuture<List<MessageContext>> polled = CompletableFuture.supplyAsync(closed::poll);
        await().atMost(LIMIT).until(() -> {
            closed.stop();
            return polled.isDone();
        });
        assertThat(polled.get()).isEmpty();
        closed.close();
    }

    @Test
    void C45_one_client_logs_in_polls_and_is_live() {
        write(1, 1);
        try (KalamClient service = server.as("service").build()) {
            service.refreshToken(Objects.requireNonNull(service.login().refreshToken()));
            assertThat(service.topics()
                            .consume(ConsumeRequest.of(topic, "g").start(Start.earliest()))
                            .messages())
                    .hasSize(1);
            service.live().connect();
            service.live().disconnect();
            assertThat(service.live().isConnected()).isFalse();
            service.live().connect();
            assertThat(service.live().isConnected()).isTrue();
            service.topics().ack(topic, "g", 0, 0);
            assertThat(service.topics()
                            .consume(ConsumeRequest.of(topic, "g").start(Start.earliest()))
                            .messages())
                    .isEmpty();
        }
    }
}
