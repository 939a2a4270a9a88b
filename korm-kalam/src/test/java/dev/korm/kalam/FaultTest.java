package dev.korm.kalam;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.consumer.ConsumeRequest;
import dev.korm.kalam.consumer.MessageContext;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicConsumer;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.FileRef;
import dev.korm.kalam.live.ConnectionListener;
import dev.korm.kalam.live.LiveEvent;
import dev.korm.kalam.live.LiveRows;
import dev.korm.kalam.live.LiveRowsOptions;
import dev.korm.kalam.live.Subscription;
import dev.korm.kalam.live.SubscriptionOptions;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import dev.korm.kalam.sql.Pages;
import dev.korm.kalam.sql.Row;
import dev.korm.testkit.kalam.KalamServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults that no server shows on demand, so they run against the local one alone. */
class FaultTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final RetryPolicy AT_ONCE =
            RetryPolicy.reconnect().withWaits(Duration.ofMillis(5), Duration.ofMillis(20));

    @TempDir
    private Path folder;

    private Duration visibility = Duration.ofSeconds(60);
    private KalamServer server;
    private KalamClient client;

    public record Note(String id, Long stars) {}

    @BeforeEach
    void open() {
        server = KalamServer.builder().folder(folder).start();
        client = client().build();
        client.query("CREATE NAMESPACE app");
        client.query("CREATE SHARED TABLE app.notes (id TEXT PRIMARY KEY, stars BIGINT)");
    }

    private KalamClientBuilder client() {
        return KalamClient.builder()
                .url(server.url())
                .auth(Auth.basic("admin", server.password()))
                .reconnect(AT_ONCE);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private void restart() {
        int port = server.port();
        server.close();
        server = KalamServer.builder()
                .folder(folder)
                .port(port)
                .visibilityTimeout(visibility)
                .start();
    }

    private void restart(Duration claims) {
        client.close();
        visibility = claims;
        restart();
        client = client().build();
    }

    private static LiveRowsOptions quick() {
        return LiveRowsOptions.key("id").checks(Duration.ofSeconds(1), Duration.ofMillis(50));
    }

    @Test
    void a_server_that_is_away_at_the_start_is_a_typed_error() {
        try (KalamClient lost = KalamClient.builder()
                .url("http://127.0.0.1:1")
                .auth(Auth.basic("admin", "x"))
                .authRetry(RetryPolicy.none())
                .build()) {
            assertThatThrownBy(() -> lost.insert("app.notes", Map.of("id", "a")))
                    .isInstanceOfSatisfying(KalamConnectionException.class, e -> assertThat(e.mayHaveHappened())
                            .isFalse());
            assertThatThrownBy(() -> lost.live().subscribe("app.notes", SubscriptionOptions.snapshot(), event -> {}))
                    .isInstanceOf(KalamConnectionException.class);
        }
    }

    @Test
    void the_first_subscriptions_of_several_threads_share_one_connection() throws Exception {
        int threads = 8;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 5; round++) {
                CyclicBarrier together = new CyclicBarrier(threads);
                try (KalamClient fresh = client().build()) {
                    List<Future<Subscription>> all = new ArrayList<>();
                    for (int i = 0; i < threads; i++) {
                        all.add(executor.submit(() -> {
                            together.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                            return fresh.live().subscribe("app.notes", SubscriptionOptions.changesOnly(), event -> {});
                        }));
                    }
                    for (Future<Subscription> each : all) {
                        each.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                    }
                    assertThat(server.faults().webSockets()).isOne();
                    assertThat(server.faults().subscriptions()).isEqualTo(threads);
                }
                await().atMost(LIMIT).until(() -> server.faults().webSockets() == 0);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** Runs work on a thread of its own, and returns when that waits for something within a limit, as whoever waits for the connection does. */
    private static FutureTask<Boolean> waiting(Runnable work) {
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        Thread thread = new Thread(task);
        thread.start();
        await().atMost(LIMIT).until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return task;
    }

    @Test
    void who_connects_while_another_does_waits_for_the_same_connection() throws Exception {
        server.faults().holdAuthentication();
        List<FutureTask<Boolean>> all = new ArrayList<>();
        all.add(waiting(client.live()::connect));
        await().atMost(LIMIT).until(() -> server.faults().heldAuthentications() == 1);
        all.add(waiting(client.live()::connect));
        all.add(waiting(() -> client.live().subscribe("app.notes", SubscriptionOptions.changesOnly(), event -> {})));
        assertThat(client.live().isConnected()).isFalse();
        server.faults().releaseAuthentication();
        for (FutureTask<Boolean> each : all) {
            assertThat(each.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(server.faults().webSockets()).isOne();
        assertThat(server.faults().subscriptions()).isOne();
        assertThat(client.live().isConnected()).isTrue();
    }

    @Test
    void a_disconnect_ends_all_who_wait_for_the_connection_and_the_next_is_another() throws Exception {
        server.faults().holdAuthentication();
        List<FutureTask<Boolean>> all = new ArrayList<>();
        all.add(waiting(client.live()::connect));
        await().atMost(LIMIT).until(() -> server.faults().heldAuthentications() == 1);
        all.add(waiting(() -> client.live().subscribe("app.notes", SubscriptionOptions.changesOnly(), event -> {})));
        client.live().disconnect();
        for (FutureTask<Boolean> each : all) {
            assertThatThrownBy(() -> each.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseExactlyInstanceOf(KalamConnectionException.class);
        }
        server.faults().releaseAuthentication();
        client.live().connect();
        await().atMost(LIMIT).until(() -> server.faults().webSockets() == 1);
        assertThat(server.faults().subscriptions()).isZero();
        assertThat(client.live().isConnected()).isTrue();
    }

    @Test
    void a_lost_websocket_is_made_again_with_the_credentials_that_the_provider_has_now() {
        AtomicReference<String> user = new AtomicReference<>("service");
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger connects = new AtomicInteger();
        try (KalamClient rotating = KalamClient.builder()
                .url(server.url())
                .reconnect(AT_ONCE)
                .authProvider(() -> {
                    asked.incrementAndGet();
                    return CompletableFuture.completedFuture(Auth.basic(user.get(), server.password()));
                })
                .build()) {
            rotating.live().onConnection(new ConnectionListener() {
                @Override
                public void onConnect() {
                    connects.incrementAndGet();
                }
            });
            rotating.live().connect();
            assertThat(rotating.currentUser()).isEqualTo("service");
            assertThat(asked).hasValue(1);
            user.set("alice");
            server.faults().abortWebSockets();
            await().atMost(LIMIT).until(() -> connects.get() == 2);
            assertThat(rotating.currentUser()).as("requests follow").isEqualTo("alice");
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void a_provider_that_breaks_its_word_ends_the_wait_for_a_connection_and_a_later_one_is_made() {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        try (KalamClient broken = KalamClient.builder()
                .url(server.url())
                .authProvider(() -> isBroken.get()
                        ? null
                        : CompletableFuture.completedFuture(Auth.basic("alice", server.password())))
                .build()) {
            assertThatThrownBy(broken.live()::connect)
                    .isExactlyInstanceOf(KalamException.class)
                    .hasMessage("The provider of credentials failed");
            isBroken.set(false);
            broken.live().connect();
            assertThat(broken.live().isConnected()).isTrue();
        }
    }

    @Test
    void a_server_that_is_away_in_the_middle_comes_back_to_the_client_its_rows_and_its_worker() {
        client.query("CREATE TOPIC app.changes");
        client.topics().addSource("app.changes", "app.notes", TopicOp.INSERT);
        List<String> worked = new CopyOnWriteArrayList<>();
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM app.notes", quick());
                Worker<Note> worker = client.topics()
                        .worker("w", "app.changes", "g", Note.class)
                        .start(Start.earliest())
                        .connectionRetry(AT_ONCE)
                        .idleDelay(Duration.ofMillis(10))
                        .onRow((context, row) -> worked.add(row.id()))
                        .start()) {
            client.insert("app.notes", Map.of("id", "a", "stars", 1L));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 1 && worked.size() == 1);
            restart();
            await().atMost(LIMIT)
                    .until(() -> client.queryAll("SELECT id FROM app.notes").size() == 1);
            client.insert("app.notes", Map.of("id", "b", "stars", 1L));
            client.delete("app.notes", "a");
            await().atMost(LIMIT)
                    .until(() -> rows.snapshot().size() == 1
                            && rows.snapshot().get(0).getString("id").equals("b")
                            && worked.contains("b"));
            assertThat(worker.isRunning()).isTrue();
        }
    }

    @Test
    void a_write_behind_a_lost_websocket_uses_no_connection_of_before() throws Exception {
        client.live().connect();
        int idle = 4;
        IntStream.range(0, idle).forEach(i -> server.faults().delayAnswer(Duration.ofMillis(100)));
        List<Thread> readers = IntStream.range(0, idle)
                .mapToObj(i -> new Thread(() -> client.query("SELECT 1")))
                .toList();
        readers.forEach(Thread::start);
        for (Thread reader : readers) {
            reader.join();
        }
        CountDownLatch isBack = new CountDownLatch(1);
        client.live().onConnection(new ConnectionListener() {
            @Override
            public void onConnect() {
                isBack.countDown();
            }
        });
        restart();
        assertThat(isBack.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        IntStream.range(0, idle).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
        assertThat(client.queryAll("SELECT id FROM app.notes")).hasSize(idle);
    }

    @Test
    void a_connection_is_told_of_once_when_all_subscriptions_are_answered() throws Exception {
        AtomicInteger connects = new AtomicInteger();
        client.live().onConnection(new ConnectionListener() {
            @Override
            public void onConnect() {
                connects.incrementAndGet();
            }
        });
        List<CountDownLatch> seen = List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
        CountDownLatch resumed = new CountDownLatch(3);
        for (CountDownLatch each : seen) {
            client.live().subscribe("app.notes", SubscriptionOptions.changesOnly(), event -> {
                if (event instanceof LiveEvent.Ack ack && ack.isResumed()) {
                    resumed.countDown();
                } else if (event instanceof LiveEvent.Inserted) {
                    each.countDown();
                }
            });
        }
        int before = connects.get();
        server.faults().abortWebSockets();
        assertThat(resumed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        // What comes over the connection now is behind all that was told of it.
        client.insert("app.notes", Map.of("id", "a"));
        for (CountDownLatch each : seen) {
            assertThat(each.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(connects.get() - before).isEqualTo(1);
    }

    @Test
    void an_expired_token_is_replaced_once_and_the_request_repeated() {
        server.faults().expireToken();
        client.insert("app.notes", Map.of("id", "a"));
        assertThat(client.queryAll("SELECT id FROM app.notes")).hasSize(1);
    }

    @Test
    void a_token_that_is_refused_a_second_time_is_an_error() {
        server.faults().expireToken();
        server.faults().expireToken();
        assertThatThrownBy(() -> client.insert("app.notes", Map.of("id", "a")))
                .isInstanceOfSatisfying(
                        KalamAuthException.class, e -> assertThat(e.code()).isEqualTo("TOKEN_EXPIRED"));
        client.insert("app.notes", Map.of("id", "b"));
        assertThat(client.queryAll("SELECT id FROM app.notes")).hasSize(1);
    }

    @Test
    void what_is_closed_says_so_and_may_be_closed_again() {
        changes(1);
        KalamClient closed = client().build();
        LiveRows<Row> rows = closed.live().rows("SELECT * FROM app.notes", quick());
        closed.close();
        closed.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> closed.query("SELECT 1"),
                closed::currentUser,
                () -> closed.topics().consume(ConsumeRequest.of("app.changes", "g")),
                () -> closed.live().connect(),
                () -> closed.live().subscribe("app.notes", SubscriptionOptions.snapshot(), event -> {}))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
        await().atMost(LIMIT).until(() -> server.faults().webSockets() == 0);
        rows.close();
        assertThatThrownBy(rows::refresh)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(rows.snapshot()).as("as they were").hasSize(1);
    }

    @Test
    void files_are_sent_again_with_a_new_token() {
        client.query("CREATE USER TABLE app.docs (id TEXT PRIMARY KEY, one FILE)");
        byte[] content = {1, 2, 3};
        server.faults().expireToken();
        client.queryWithFiles(
                "INSERT INTO app.docs (id, one) VALUES ('d', FILE(\"a\"))",
                List.of(FilePart.of("a", content, "a.bin", "application/octet-stream")));
        FileRef file = client.file(
                        client.queryOne("SELECT one FROM app.docs WHERE id = 'd'")
                                .orElseThrow(),
                        "one")
                .orElseThrow();
        assertThat(client.download(file, "app.docs")).isEqualTo(content);
    }

    @Test
    void strange_answers_to_a_poll_or_an_acknowledgement_are_typed_errors() {
        changes(2);
        ConsumeRequest poll =
                ConsumeRequest.of("app.changes", "g").start(Start.earliest()).limit(1);
        server.faults().answer(200, "{\"next_offset\":7,\"has_more\":false}");
        assertThatThrownBy(() -> client.topics().consume(poll))
                .isInstanceOf(KalamProtocolException.class)
                .hasMessageContaining("no messages");
        assertThat(client.topics().consume(poll).messages()).hasSize(1);
        for (String body : List.of("{\"success\":false}", "{}", "{\"success\":\"perhaps\"}")) {
            server.faults().answer(200, body);
            assertThatThrownBy(() -> client.topics().ack("app.changes", "g", 0, 0))
                    .as(body)
                    .isInstanceOfSatisfying(KalamProtocolException.class, e -> assertThat(e.mayHaveHappened())
                            .isTrue());
        }
    }

    @Test
    void an_answer_that_breaks_off_is_a_typed_error_and_a_write_is_not_repeated() {
        server.faults().breakAnswer();
        assertThatThrownBy(() -> client.insert("app.notes", Map.of("id", "a")))
                .isInstanceOfSatisfying(KalamException.class, e -> assertThat(e.mayHaveHappened())
                        .isTrue());
        server.faults().loseAnswer();
        assertThatThrownBy(() -> client.insert("app.notes", Map.of("id", "b")))
                .isInstanceOfSatisfying(KalamException.class, e -> assertThat(e.mayHaveHappened())
                        .isTrue());
        server.faults().breakAnswer();
        assertThat(client.queryAll("SELECT id FROM app.notes"))
                .as("a read is repeated")
                .hasSize(2);
        assertThatThrownBy(() -> client.query("SELECT CAST(stars AS TEXT) FROM app.notes"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answers_are_limited_in_time_and_size_and_interrupts_are_obeyed() throws Exception {
        server.faults().delayAnswer(Duration.ofMillis(400));
        try (KalamClient hasty = client().timeouts(Timeouts.standard().withRequest(Duration.ofMillis(200)))
                        .build();
                KalamClient small =
                        client().limits(new Limits(1500, 100, 100, 10)).build()) {
            assertThatThrownBy(() -> hasty.query("SELECT 1")).isInstanceOf(KalamTimeoutException.class);
            IntStream.range(0, 50).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
            assertThatThrownBy(() -> small.queryAll("SELECT * FROM app.notes"))
                    .isInstanceOf(KalamProtocolException.class)
                    .hasMessageContaining("1500 bytes");
        }
        server.faults().delayAnswer(Duration.ofSeconds(20));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread waiting = new Thread(() -> {
            try {
                client.insert("app.notes", Map.of("id", "late"));
            } catch (KalamException e) {
                thrown.set(e);
            } finally {
                done.countDown();
            }
        });
        waiting.start();
        // Or the question below would be the one that is answered late.
        await().atMost(LIMIT).until(() -> server.faults().pendingAnswers() == 0);
        await().atMost(LIMIT)
                .until(() -> client.queryAll("SELECT id FROM app.notes WHERE id = 'late'")
                                .size()
                        == 1);
        waiting.interrupt();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(thrown.get())
                .isInstanceOfSatisfying(KalamTimeoutException.class, e -> assertThat(e.mayHaveHappened())
                        .isTrue());
    }

    @Test
    void strange_answers_are_typed_errors() {
        for (String body : List.of(
                "",
                "nonsense",
                "[]",
                "null",
                "{\"status\":\"error\",\"error\":\"x\"}",
                "{\"results\":[{\"rows\":7}]")) {
            server.faults().answer(200, body);
            assertThatThrownBy(() -> client.insert("app.notes", Map.of("id", "a")))
                    .as(body)
                    .isInstanceOf(KalamException.class);
        }
        server.faults().answer(200, "{\"status\":\"success\",\"results\":[{\"row_count\":1,\"later\":{}}],\"new\":1}");
        assertThat(client.query("SELECT 1").rowCount()).isEqualTo(1);
        server.faults().answer(429, "{\"error\":\"IP_BANNED\",\"message\":\"wait\"}", "Retry-After", "300");
        assertThatThrownBy(() -> client.query("SELECT 1")).isInstanceOfSatisfying(KalamHttpException.class, e -> {
            assertThat(e.code()).isEqualTo("IP_BANNED");
            assertThat(e.retryAfter()).contains(Duration.ofSeconds(300));
        });
        server.faults().answer(503, "<html>gone</html>");
        assertThatThrownBy(() -> client.query("SELECT 1"))
                .isInstanceOfSatisfying(
                        KalamHttpException.class, e -> assertThat(e.status()).isEqualTo(503));
    }

    @Test
    void duplicate_and_dropped_notifications_leave_live_rows_right() {
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM app.notes", quick())) {
            server.faults().repeatNotifications(3);
            client.insert("app.notes", Map.of("id", "a", "stars", 1L));
            client.update("app.notes", "a", Map.of("stars", 2L));
            await().atMost(LIMIT)
                    .until(() -> rows.isSettled() && rows.snapshot().size() == 1);
            assertThat(rows.snapshot().get(0).getLong("stars")).isEqualTo(2);
            server.faults().repeatNotifications(1);
            // What is older comes behind what is newer, of which it must not take the place for even a moment.
            List<List<Row>> shown = new CopyOnWriteArrayList<>();
            rows.onChange(shown::add);
            server.faults().sendText(change("update", "\"rows\":[{\"id\":\"a\",\"stars\":\"1\",\"_seq\":\"1\"}]"));
            server.faults()
                    .sendText(change("delete", "\"old_values\":[{\"id\":\"a\",\"stars\":\"1\",\"_seq\":\"1\"}]"));
            client.insert("app.notes", Map.of("id", "b", "stars", 5L));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 2);
            assertThat(shown)
                    .allSatisfy(list -> assertThat(list.get(0).getLong("stars")).isEqualTo(2));
            client.delete("app.notes", "b");
            server.faults().dropNotifications(1);
            client.delete("app.notes", "a");
            await().atMost(LIMIT).until(() -> rows.snapshot().isEmpty());
        }
    }

    private static String change(String kind, String rows) {
        return "{\"type\":\"change\",\"subscription_id\":\"s1\",\"change_type\":\"" + kind + "\"," + rows + "}";
    }

    @Test
    void a_deletion_while_the_websocket_is_lost_is_seen_with_the_next() {
        try (KalamClient slow = client().reconnect(
                                RetryPolicy.reconnect().withWaits(Duration.ofMillis(500), Duration.ofMillis(500)))
                        .build();
                LiveRows<Row> rows = slow.live()
                        .rows(
                                "SELECT * FROM app.notes",
                                // No comparison but that which the loss itself is a reason for.
                                LiveRowsOptions.key("id").checks(Duration.ofHours(1), Duration.ofHours(1)))) {
            client.insert("app.notes", Map.of("id", "a", "stars", 1L));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 1);
            server.faults().closeWebSockets(1001, "shutting down");
            client.delete("app.notes", "a");
            await().atMost(LIMIT).until(() -> rows.snapshot().isEmpty());
        }
    }

    @Test
    void what_a_worker_has_done_is_acknowledged_and_not_delivered_again() {
        client.query("CREATE TOPIC app.changes");
        client.topics().addSource("app.changes", "app.notes", TopicOp.INSERT);
        IntStream.range(0, 5).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
        List<String> worked = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = client.topics()
                .worker("w", "app.changes", "g", Note.class)
                .start(Start.earliest())
                .onRow((context, row) -> worked.add(row.id()))
                .start()) {
            await().atMost(LIMIT).until(() -> worked.size() == 5);
        }
        // Claims are forgotten with the server's process; what was not acknowledged would come again.
        restart();
        try (KalamClient fresh = client().build()) {
            assertThat(fresh.topics()
                            .consume(ConsumeRequest.of("app.changes", "g").start(Start.earliest()))
                            .messages())
                    .isEmpty();
            assertThat(fresh.topics()
                            .consume(ConsumeRequest.of("app.changes", "other").start(Start.earliest()))
                            .messages())
                    .hasSize(5);
        }
    }

    private void changes(int count) {
        client.query("CREATE TOPIC app.changes");
        client.topics().addSource("app.changes", "app.notes", TopicOp.INSERT);
        IntStream.range(0, count).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
    }

    @Test
    void messages_whose_poll_was_lost_are_waited_for_and_not_acknowledged_unseen() {
        Duration claim = Duration.ofMillis(150);
        restart(claim);
        changes(9);
        List<String> worked = new CopyOnWriteArrayList<>();
        List<Exception> errors = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = client.topics()
                .worker("w", "app.changes", "g", Note.class)
                .start(Start.earliest())
                .batchSize(2)
                .visibilityTimeout(claim)
                .connectionRetry(AT_ONCE)
                .idleDelay(Duration.ofMillis(5))
                .onError(errors::add)
                .onRow((context, row) -> {
                    worked.add(row.id());
                    if (row.id().equals("k1") || row.id().equals("k5")) {
                        // The next request is the poll.
                        context.ack();
                        server.faults().breakAnswer();
                    }
                })
                .start()) {
            await().atMost(LIMIT).until(() -> worked.contains("k8"));
            assertThat(worker.isRunning()).isTrue();
        }
        assertThat(errors).hasSize(2);
        assertThat(worked).containsExactly("k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8");
    }

    private TopicConsumer polling(Duration claim) {
        return client.topics()
                .consumer(ConsumeRequest.of("app.changes", "g")
                        .start(Start.earliest())
                        .limit(2))
                .visibilityTimeout(claim)
                .pollTimeout(Duration.ofSeconds(5))
                .idleDelay(Duration.ofMillis(5));
    }

    private void lose(TopicConsumer consumer) {
        server.faults().breakAnswer();
        assertThatThrownBy(consumer::poll).isInstanceOf(KalamException.class);
    }

    private static List<Long> offsets(List<MessageContext> messages) {
        return messages.stream().map(context -> context.message().offset()).toList();
    }

    @Test
    void messages_that_were_deleted_behind_a_lost_poll_are_waited_for_once() {
        Duration claim = Duration.ofMillis(100);
        restart(claim);
        changes(4);
        try (TopicConsumer consumer = polling(claim)) {
            List<MessageContext> first = consumer.poll();
            first.get(1).ack();
            lose(consumer);
            client.topics().clear("app.changes");
            client.insert("app.notes", Map.of("id", "later"));
            assertThat(offsets(consumer.poll())).containsExactly(4L);
        }
    }

    @Test
    void a_poll_that_a_gateway_has_lost_may_have_claimed_messages() {
        Duration claim = Duration.ofMillis(300);
        restart(claim);
        changes(6);
        try (TopicConsumer consumer = polling(claim)) {
            consumer.poll().get(1).ack();
            assertThat(client.topics()
                            .consume(ConsumeRequest.of("app.changes", "g").limit(2))
                            .messages())
                    .as("claimed as by a poll whose answer is lost")
                    .hasSize(2);
            server.faults().answer(504, "{}");
            assertThatThrownBy(consumer::poll).isInstanceOf(KalamHttpException.class);
            assertThat(offsets(consumer.poll())).containsExactly(2L, 3L);
        }
    }

    @Test
    void a_consumer_goes_on_where_it_was_when_the_server_has_forgotten_its_group() {
        changes(1);
        try (TopicConsumer consumer = client.topics()
                .consumer(ConsumeRequest.of("app.changes", "g"))
                .pollTimeout(Duration.ofMillis(1))
                .idleDelay(Duration.ofMillis(1))) {
            assertThat(consumer.poll()).as("it begins at the end").isEmpty();
            client.insert("app.notes", Map.of("id", "new"));
            assertThat(offsets(consumer.poll())).containsExactly(1L);
            restart();
            await().atMost(LIMIT)
                    .until(() -> client.queryAll("SELECT id FROM app.notes").size() == 2);
            assertThat(offsets(consumer.poll()))
                    .as("of which nothing was acknowledged")
                    .containsExactly(1L);
        }
    }

    @Test
    void a_worker_waits_while_there_are_too_many_requests_and_acknowledges_what_it_cannot_read() {
        changes(1);
        List<Exception> errors = new CopyOnWriteArrayList<>();
        IntStream.range(0, 3).forEach(i -> server.faults().answer(429, "{\"error\":\"RATE_LIMIT_EXCEEDED\"}"));
        try (Worker<Note> worker = client.topics()
                .worker("w", "app.changes", "g", Note.class)
                .start(Start.earliest())
                .connectionRetry(AT_ONCE)
                .parser(message -> {
                    throw new IllegalArgumentException("poison");
                })
                .onError(errors::add)
                .onRow((context, row) -> {})
                .start()) {
            // The refusals are the worker's, and not of the questions below.
            await().atMost(LIMIT).until(() -> errors.size() == 4);
            await().atMost(LIMIT)
                    .until(() -> client.queryAll("SELECT last_acked_offset FROM system.topic_offsets").stream()
                            .anyMatch(row -> row.getLong("last_acked_offset") == 0));
            assertThat(worker.isRunning()).isTrue();
            assertThat(errors).hasSize(4);
        }
    }

    @Test
    void older_messages_that_come_again_end_no_doubt_about_those_of_a_lost_poll() {
        Duration claim = Duration.ofMillis(300);
        restart(claim);
        changes(4);
        try (TopicConsumer consumer = polling(claim)) {
            assertThat(offsets(consumer.poll())).containsExactly(0L, 1L);
            lose(consumer);
            // The new process knows of no claims.
            restart();
            await().atMost(LIMIT)
                    .until(() -> client.queryAll("SELECT id FROM app.notes").size() == 4);
            List<MessageContext> again = consumer.poll();
            assertThat(offsets(again)).containsExactly(0L, 1L);
            again.get(1).ack();
            assertThat(client.topics()
                            .consume(ConsumeRequest.of("app.changes", "g").limit(2))
                            .messages())
                    .as("claimed as by the poll that was lost")
                    .hasSize(2);
            IntStream.range(4, 6).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
            assertThat(offsets(consumer.poll())).containsExactly(2L, 3L);
        }
    }

    @Test
    void a_worker_that_knows_what_is_done_takes_over_what_another_has_left() {
        Duration claim = Duration.ofMillis(400);
        restart(claim);
        changes(4);
        ConsumeRequest poll = ConsumeRequest.of("app.changes", "g").start(Start.earliest());
        client.topics().ack(client.topics().consume(poll.limit(1)).messages().get(0));
        assertThat(client.topics().consume(poll.limit(2)).messages())
                .as("claimed by one that is killed")
                .hasSize(2);
        List<String> worked = new CopyOnWriteArrayList<>();
        try (Worker<Note> worker = client.topics()
                .worker("w", "app.changes", "g", Note.class)
                .visibilityTimeout(claim)
                .idleDelay(Duration.ofMillis(5))
                .doneUpTo(() -> worked.size())
                .onRow((context, row) -> worked.add(row.id()))
                .start()) {
            await().atMost(LIMIT).until(() -> worked.contains("k3"));
            assertThat(worker.isRunning()).isTrue();
        }
        assertThat(worked).containsExactly("k1", "k2", "k3");
    }

    @Test
    void whoever_comes_behind_one_that_died_loses_nothing_of_what_that_had_claimed() {
        Duration claim = Duration.ofMillis(400);
        restart(claim);
        changes(5);
        // How many messages of each group are done; one more is claimed by somebody who is killed.
        Map.of("begun", 1, "new", 0, "polls", 3).forEach((group, done) -> {
            ConsumeRequest poll = ConsumeRequest.of("app.changes", group).start(Start.earliest());
            for (int i = 0; i < done; i++) {
                client.topics()
                        .ack(client.topics().consume(poll.limit(1)).messages().get(0));
            }
            assertThat(client.topics().consume(poll.limit(1)).messages()).hasSize(1);
        });
        List<String> begun = new CopyOnWriteArrayList<>();
        List<String> fresh = new CopyOnWriteArrayList<>();
        try (Worker<Note> second = taking("begun", claim, begun).start();
                Worker<Note> first = taking("new", claim, fresh).start();
                TopicConsumer consumer = client.topics()
                        .consumer(ConsumeRequest.of("app.changes", "polls")
                                .start(Start.earliest())
                                .limit(9))
                        .visibilityTimeout(claim)
                        .idleDelay(Duration.ofMillis(5))) {
            assertThat(offsets(consumer.poll())).containsExactly(3L, 4L);
            await().atMost(LIMIT).until(() -> begun.contains("k4") && fresh.contains("k4"));
            assertThat(second.isRunning() && first.isRunning()).isTrue();
        }
        assertThat(begun).containsExactly("k1", "k2", "k3", "k4");
        assertThat(fresh).containsExactly("k0", "k1", "k2", "k3", "k4");
    }

    private Worker<Note> taking(String group, Duration claim, List<String> worked) {
        return client.topics()
                .worker("w", "app.changes", group, Note.class)
                .start(Start.earliest())
                .visibilityTimeout(claim)
                .idleDelay(Duration.ofMillis(5))
                .onRow((context, row) -> worked.add(row.id()));
    }

    @Test
    void whoever_may_not_see_what_is_acknowledged_begins_where_the_server_says() {
        changes(3);
        List<String> worked = new CopyOnWriteArrayList<>();
        try (KalamClient service = KalamClient.builder()
                .url(server.url())
                .auth(Auth.basic("service", server.password()))
                .build()) {
            assertThatThrownBy(() -> service.query("SELECT * FROM system.topic_offsets"))
                    .isInstanceOf(KalamHttpException.class);
            assertThat(client.queryAll("SELECT group_id FROM system.topic_offsets"))
                    .isEmpty();
            try (Worker<Note> worker = service.topics()
                    .worker("w", "app.changes", "g", Note.class)
                    .start(Start.earliest())
                    .onRow((context, row) -> worked.add(row.id()))
                    .start()) {
                await().atMost(LIMIT).until(() -> worked.size() == 3);
                assertThat(worker.isRunning()).isTrue();
            }
        }
        assertThat(client.queryOne("SELECT last_acked_offset FROM system.topic_offsets WHERE group_id = 'g'")
                        .orElseThrow()
                        .getLong("last_acked_offset"))
                .isEqualTo(2);
    }

    @Test
    void a_consumer_repeats_requests_that_fail_within_its_own_limit() {
        changes(3);
        Map<String, String> settings =
                Map.of("topic", "app.changes", "group_id", "g", "auto_offset_reset", "earliest", "retry_backoff", "1");
        try (TopicConsumer consumer = client.topics().consumer(settings)) {
            server.faults().answer(503, "{}");
            server.faults().answer(503, "{}");
            List<MessageContext> messages = consumer.poll();
            assertThat(messages).hasSize(3);
            server.faults().answer(503, "{}");
            messages.get(0).ack();
            server.faults().answer(503, "{}");
            server.faults().answer(503, "{}");
            server.faults().answer(503, "{}");
            assertThatThrownBy(() -> messages.get(1).ack()).as("three attempts").isInstanceOf(KalamHttpException.class);
            assertThat(messages.get(1).isAcked()).isFalse();
            messages.get(1).ack();
            assertThat(client.queryOne("SELECT last_acked_offset FROM system.topic_offsets")
                            .orElseThrow()
                            .getLong("last_acked_offset"))
                    .as("what failed is sent again by whoever asks again")
                    .isOne();
            consumer.requestTimeout(Duration.ofMillis(50)).retry(RetryPolicy.none());
            server.faults().delayAnswer(Duration.ofMillis(500));
            assertThatThrownBy(consumer::poll).isInstanceOf(KalamTimeoutException.class);
        }
    }

    @Test
    void frames_that_cannot_be_read_are_told_and_the_connection_is_made_again() {
        List<KalamException> errors = new CopyOnWriteArrayList<>();
        AtomicInteger connects = new AtomicInteger();
        client.live().onConnection(new ConnectionListener() {
            @Override
            public void onError(KalamException error, boolean isRecoverable) {
                assertThat(isRecoverable).isTrue();
                errors.add(error);
            }

            @Override
            public void onConnect() {
                connects.incrementAndGet();
            }
        });
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM app.notes", quick())) {
            server.faults().sendText("{\"type\":\"later\",\"x\":1}");
            server.faults().sendZipped("{\"type\":\"later\",\"x\":1}");
            server.faults().sendText("{\"subscription_id\":\"s1\"}");
            server.faults().sendText(change("later", "\"rows\":[{\"id\":\"z\",\"_seq\":\"1\"}],\"x\":{}"));
            client.insert("app.notes", Map.of("id", "first"));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 1);
            assertThat(rows.snapshot().get(0).getString("id")).isEqualTo("first");
            assertThat(errors).as("what a later server may say disturbs nobody").isEmpty();
            assertThat(connects.get()).isEqualTo(1);
            server.faults().sendHalfZipped("{\"type\":\"change\",\"subscription_id\":\"s1\"}");
            await().atMost(LIMIT).until(() -> connects.get() == 2);
            server.faults().sendText("no json");
            await().atMost(LIMIT).until(() -> connects.get() == 3);
            assertThat(errors).hasSize(2).allMatch(error -> error instanceof KalamProtocolException);
            client.insert("app.notes", Map.of("id", "a"));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 2);
        }
    }

    @Test
    void a_message_that_is_too_large_ends_the_connection_and_not_the_program() {
        List<KalamException> errors = new CopyOnWriteArrayList<>();
        try (KalamClient small =
                client().limits(new Limits(1 << 20, 100, 10_000, 10)).build()) {
            small.live().onConnection(new ConnectionListener() {
                @Override
                public void onError(KalamException error, boolean isRecoverable) {
                    errors.add(error);
                }
            });
            small.live().connect();
            server.faults().sendText("{\"x\":\"" + "y".repeat(1_000_000) + "\"}");
            await().atMost(LIMIT).until(() -> errors.size() == 1 && small.live().isConnected());
            server.faults().sendZipped("{\"x\":\"" + "y".repeat(1_000_000) + "\"}");
            await().atMost(LIMIT).until(() -> errors.size() == 2 && small.live().isConnected());
            // It is not waited for: its end may never come, and what has come would be in memory.
            server.faults().sendUnfinished("{\"x\":\"" + "y".repeat(1_000_000));
            await().atMost(LIMIT).until(() -> errors.size() == 3 && small.live().isConnected());
            assertThat(errors).allMatch(error -> error.getMessage().contains("limit"));
        }
    }

    @Test
    void a_listener_that_is_slow_gets_a_gap_and_not_memory_without_end() throws Exception {
        try (KalamClient small =
                client().limits(new Limits(1 << 20, 100, 1 << 20, 5)).build()) {
            CountDownLatch go = new CountDownLatch(1);
            List<LiveEvent> events = new CopyOnWriteArrayList<>();
            small.live().subscribe("app.notes", SubscriptionOptions.changesOnly(), event -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                events.add(event);
            });
            insertAndAwaitAll(small);
            go.countDown();
            await().atMost(LIMIT).until(() -> events.stream().anyMatch(event -> event instanceof LiveEvent.Gap));
            assertThat(events.size()).isLessThan(20);
        }
    }

    /** Inserts 51 rows, and waits until a client has received what the server says of them. */
    private void insertAndAwaitAll(KalamClient receiver) throws InterruptedException {
        CountDownLatch last = new CountDownLatch(1);
        // What is said of the last row comes behind all else.
        receiver.live().onConnection(new ConnectionListener() {
            @Override
            public void onReceive(String frame) {
                if (frame.contains("\"last\"")) {
                    last.countDown();
                }
            }
        });
        IntStream.range(0, 50).forEach(i -> client.insert("app.notes", Map.of("id", "k" + i)));
        client.insert("app.notes", Map.of("id", "last"));
        assertThat(last.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void live_rows_that_were_too_slow_for_their_events_are_loaded_again() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (KalamClient small =
                        client().limits(new Limits(1 << 20, 100, 1 << 20, 5)).build();
                LiveRows<Row> rows = small.live()
                        .rows(
                                "SELECT * FROM app.notes",
                                LiveRowsOptions.key("id").checks(Duration.ofHours(1), Duration.ofHours(1)))) {
            CountDownLatch isBusy = new CountDownLatch(1);
            rows.onChange(list -> {
                isBusy.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(isBusy.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            insertAndAwaitAll(small);
            go.countDown();
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 51);
        } finally {
            go.countDown();
        }
    }

    @Test
    void the_end_of_the_attempts_ends_subscriptions() {
        try (KalamClient tired = client().reconnect(AT_ONCE.withMaxAttempts(2)).build()) {
            List<LiveEvent> events = new CopyOnWriteArrayList<>();
            Subscription subscription =
                    tired.live().subscribe("app.notes", SubscriptionOptions.snapshot(), events::add);
            server.close();
            await().atMost(LIMIT).until(subscription::isClosed);
            assertThat(events.get(events.size() - 1))
                    .isInstanceOfSatisfying(LiveEvent.Failed.class, failed -> assertThat(failed.isEnd())
                            .isTrue());
            server = KalamServer.builder().folder(folder).start();
        }
    }

    @Test
    void a_server_that_is_silent_is_left() {
        // A server that closes what is silent would hide whether the client does.
        try (KalamServer silent =
                        KalamServer.builder().clientTimeout(Duration.ofHours(1)).start();
                KalamClient patient = KalamClient.builder()
                        .url(silent.url())
                        .auth(Auth.basic("admin", silent.password()))
                        .reconnect(AT_ONCE)
                        .pingInterval(Duration.ofMillis(200))
                        .build()) {
            AtomicInteger lost = new AtomicInteger();
            patient.live().onConnection(new ConnectionListener() {
                @Override
                public void onDisconnect(String reason) {
                    lost.incrementAndGet();
                }
            });
            patient.live().connect();
            silent.faults().mute(true);
            await().atMost(LIMIT).until(() -> lost.get() >= 1);
            silent.faults().mute(false);
            await().atMost(LIMIT).until(() -> patient.live().isConnected());
        }
    }

    @Test
    void pages_are_the_whole_at_a_server_that_is_set_to_end_its_answers_earlier() {
        for (int rows : List.of(60, 130, 180)) {
            try (KalamServer tight = KalamServer.builder().maxRows(60).start();
                    KalamClient admin = KalamClient.builder()
                            .url(tight.url())
                            .auth(Auth.basic("admin", tight.password()))
                            .build()) {
                admin.query("CREATE NAMESPACE app");
                admin.query("CREATE SHARED TABLE app.notes (id TEXT PRIMARY KEY, stars BIGINT)");
                admin.insertAll(
                        "app.notes",
                        IntStream.range(0, rows)
                                .mapToObj(i -> Map.<String, Object>of("id", "k" + (1_000 + i)))
                                .toList());
                assertThat(admin.pages(Pages.of("app.notes", "id")).count()).isEqualTo(rows);
            }
        }
    }

    @Test
    void a_change_of_the_schema_under_live_rows_is_seen_or_told() {
        List<KalamException> errors = new CopyOnWriteArrayList<>();
        try (LiveRows<Row> rows = client.live().rows("SELECT * FROM app.notes", quick().onError(errors::add))) {
            client.query("ALTER TABLE app.notes ADD COLUMN extra TEXT");
            client.insert("app.notes", Map.of("id", "a", "extra", "x"));
            await().atMost(LIMIT).until(() -> rows.snapshot().size() == 1);
            // The subscription has the columns that there were; with the next, its rows have the new one.
            server.faults().closeWebSockets(1001, "shutting down");
            await().atMost(LIMIT).until(() -> rows.snapshot().get(0).has("extra"));
            assertThat(rows.snapshot().get(0).getString("extra")).isEqualTo("x");
            client.query("DROP TABLE app.notes");
            await().atMost(LIMIT).until(() -> !errors.isEmpty());
            assertThat(rows.snapshot()).as("kept until it is known better").hasSize(1);
        }
    }

    @Test
    void a_hundred_forced_disconnects_leave_live_rows_right_and_nothing_behind() {
        disconnect(100);
    }

    @Test
    @Tag("long")
    void a_thousand_forced_disconnects_leave_live_rows_right_and_nothing_behind() {
        disconnect(1000);
    }

    /** Ends the WebSocket so many times, in each state that it can be in, while rows come, change and go. */
    private void disconnect(int times) {
        long seed = Long.getLong("korm.seed", System.nanoTime());
        String replay = "replay with -Dkorm.seed=" + seed;
        Random random = new Random(seed);
        Map<String, Long> expected = new TreeMap<>();
        Semaphore connects = new Semaphore(0);
        try (KalamClient shaken = client().reconnect(
                        RetryPolicy.reconnect().withWaits(Duration.ofMillis(1), Duration.ofMillis(1)))
                .build()) {
            shaken.live().onConnection(new ConnectionListener() {
                @Override
                public void onConnect() {
                    connects.release();
                }
            });
            try (LiveRows<Row> rows = shaken.live().rows("SELECT * FROM app.notes", quick())) {
                for (int end = 0; end < times; end++) {
                    if (random.nextInt(4) == 0) {
                        change(expected, "k" + random.nextInt(40), random.nextLong(3));
                    }
                    // The others end while they are made, or while what was subscribed to is asked for again.
                    if (random.nextInt(4) > 0) {
                        await().atMost(LIMIT)
                                .alias("connection " + end + ", " + replay)
                                .until(() -> server.faults().webSockets() == 1);
                    }
                    switch (random.nextInt(5)) {
                        case 0, 1 -> server.faults().abortWebSockets();
                        case 2, 3 -> server.faults().closeWebSockets(1001, "shutting down");
                        default -> server.faults().sendText("{\"type\":");
                    }
                }
                await().atMost(LIMIT).alias(replay).until(() -> held(rows).equals(expected) && rows.isSettled());
                await().atMost(LIMIT).alias(replay).until(() -> server.faults().subscriptions() == 1);
                assertThat(server.faults().webSockets()).as(replay).isOne();
                assertThat(connects.availablePermits()).as(replay).isPositive();
            }
        }
        await().atMost(LIMIT).alias(replay).until(() -> server.faults().webSockets() == 0);
        await().atMost(LIMIT).alias(replay).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("kalam-rows")));
    }

    private static Map<String, Long> held(LiveRows<Row> rows) {
        Map<String, Long> held = new TreeMap<>();
        rows.snapshot().forEach(row -> held.put(row.getString("id"), row.getLong("stars")));
        return held;
    }

    /** Inserts a row, changes one or deletes one, as a map does. */
    private void change(Map<String, Long> expected, String id, long kind) {
        Long before = expected.get(id);
        if (before == null) {
            client.insert("app.notes", Map.of("id", id, "stars", kind));
            expected.put(id, kind);
        } else if (kind == 0) {
            client.delete("app.notes", id);
            expected.remove(id);
        } else {
            client.update("app.notes", id, Map.of("stars", before + kind));
            expected.put(id, before + kind);
        }
    }
}
