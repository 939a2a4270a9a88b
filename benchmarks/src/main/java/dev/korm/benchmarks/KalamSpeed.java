package dev.korm.benchmarks;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.consumer.ConsumeBatch;
import dev.korm.kalam.consumer.ConsumeRequest;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.live.LiveEvent;
import dev.korm.kalam.live.Subscription;
import dev.korm.kalam.live.SubscriptionOptions;
import dev.korm.testkit.kalam.KalamServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a KalamDB by the client, and by OkHttp and Jackson by hand, in turns: ten rows as records, and batches of a topic. And counts the changes that come through a
 * subscription. The server is the one for tests, in the same process, so only ratios say something; or a real one at KORM_TEST_KALAM_URL, where the password of its user
 * {@code admin} is in KORM_TEST_KALAM_PASSWORD: it is given fewer rows, and the changes that it drops are told.
 */
public final class KalamSpeed implements AutoCloseable {
    private static final int ROUNDS = 60;
    private static final long ROUND_NANOS = 40_000_000;
    private static final int CHANGES = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CHANGE_ROUNDS = 7;
    private static final int MESSAGES = 40_000;
    private static final int REAL_CHANGES = 2_000;
    private static final int REAL_MESSAGES = 4_000;
    private static final long SILENCE_NANOS = 2_000_000_000L;
    private static final int BATCH = 500;
    private static final MediaType JSON = MediaType.get("application/json");

    private record Note(String id, String body, long stars) {}

    private interface Task {
        Object run() throws IOException;
    }

    private final @Nullable KalamServer local;
    private final URI url;
    private final KalamClient client;
    private final OkHttpClient http = new OkHttpClient();
    private final String token;
    private final String space = "s" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private final String sql = "SELECT id, body, stars FROM " + space + ".notes WHERE stars < $1 ORDER BY id LIMIT 10";
    private final int messages;
    private int written;

    private KalamSpeed() {
        String given = System.getenv("KORM_TEST_KALAM_URL");
        local = given == null ? KalamServer.builder().traps(Set.of()).start() : null;
        url = local == null ? URI.create(given) : local.url();
        String password = local == null
                ? System.getenv().getOrDefault("KORM_TEST_KALAM_PASSWORD", "Local-123")
                : local.password();
        messages = local == null ? REAL_MESSAGES : MESSAGES;
        client = KalamClient.builder()
                .url(url)
                .auth(Auth.basic("admin", password))
                .build();
        token = client.login().accessToken();
        client.query("CREATE NAMESPACE " + space);
        client.query("CREATE SHARED TABLE " + space + ".notes (id TEXT PRIMARY KEY, body TEXT, stars BIGINT)");
        insert(space + ".notes", 0, 100);
    }

    private void insert(String table, int from, int count) {
        StringBuilder tuples = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            tuples.append(i == from ? "" : ", ")
                    .append("('k")
                    .append(i)
                    .append("', 'a body of some length', ")
                    .append(i)
                    .append(')');
        }
        client.query("INSERT INTO " + table + " (id, body, stars) VALUES " + tuples);
    }

    /** Prints what was measured. */
    public static void main(String[] arguments) throws Exception {
        try (KalamSpeed speed = new KalamSpeed()) {
            speed.queries();
            if (speed.local == null) {
                speed.changesOfRealServer();
            } else {
                speed.changes(speed.local);
            }
            speed.messages();
        }
    }

    private JsonNode post(String path, Map<String, ?> body) throws IOException {
        Request request = new Request.Builder()
                .url(url + path)
                .header("Authorization", "Bearer " + token)
                .post(RequestBody.create(JsonMapper.shared().writeValueAsBytes(body), JSON))
                .build();
        try (Response response = http.newCall(request).execute()) {
            return JsonMapper.shared().readTree(response.body().bytes());
        }
    }

    private List<Note> byHand() throws IOException {
        List<Note> notes = new ArrayList<>();
        for (JsonNode row : post("/v1/api/sql", Map.of("sql", sql, "params", List.of(50)))
                .path("results")
                .get(0)
                .path("rows")) {
            notes.add(new Note(
                    row.get(0).stringValue(),
                    row.get(1).stringValue(),
                    Long.parseLong(row.get(2).stringValue())));
        }
        return notes;
    }

    private void queries() throws IOException {
        Task byClient = () -> client.queryAll(Note.class, sql, 50);
        if (!byClient.run().equals(byHand())) {
            throw new IllegalStateException("The two do not answer the same");
        }
        for (int i = 0; i < 40; i++) {
            round(byClient);
            round(this::byHand);
        }
        double[] ratios = new double[ROUNDS];
        double[] times = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            double own = round(byClient);
            double bare = round(this::byHand);
            ratios[i] = own / bare;
            times[i] = own;
        }
        System.out.printf("10 rows as records: %.2f x by hand, %.0f us%n", median(ratios), median(times) / 1000);
    }

    private static double round(Task task) throws IOException {
        long started = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - started < ROUND_NANOS) {
            task.run();
            count++;
        }
        return (System.nanoTime() - started) / (double) count;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Changes come through one subscription, of the client and by hand in turns: as they are written, and as frames that are there already. */
    private void changes(KalamServer server) throws InterruptedException {
        client.query("CREATE SHARED TABLE " + changing() + " (id TEXT PRIMARY KEY, body TEXT, stars BIGINT)");
        AtomicLong seen = new AtomicLong();
        Runnable write = () -> {
            int from = written;
            written += CHANGES;
            for (int i = 0; i < CHANGES; i += 1000) {
                insert(changing(), from + i, 1000);
            }
        };
        double[] alone = new double[CHANGE_ROUNDS];
        double[] ratios = new double[CHANGE_ROUNDS];
        double[] rates = new double[CHANGE_ROUNDS];
        double[] frameRatios = new double[CHANGE_ROUNDS];
        double[] frameRates = new double[CHANGE_ROUNDS];
        for (int i = -1; i < CHANGE_ROUNDS; i++) {
            long started = System.nanoTime();
            write.run();
            double nobody = CHANGES * 1e9 / (System.nanoTime() - started);
            double own;
            double ownFrames;
            try (Subscription subscription = client.live()
                    .subscribe(changing(), SubscriptionOptions.changesOnly(), event -> count(event, seen))) {
                own = rate(write, seen);
                ownFrames = rate(() -> send(server, subscription.id()), seen);
            }
            client.live().disconnect();
            double bare;
            double bareFrames;
            try (ByHand byHand = new ByHand(seen)) {
                bare = rate(write, seen);
                bareFrames = rate(() -> send(server, byHand.id()), seen);
            }
            if (i >= 0) {
                alone[i] = nobody;
                ratios[i] = own / bare;
                rates[i] = own;
                frameRatios[i] = ownFrames / bareFrames;
                frameRates[i] = ownFrames;
            }
        }
        System.out.printf(
                "changes through one subscription: %.2f x the rate by hand, %,.0f/s; with their writing %.2f x, %,.0f/s (written alone %,.0f/s)%n",
                median(frameRatios), median(frameRates), median(ratios), median(rates), median(alone));
    }

    private String changing() {
        return space + ".changing";
    }

    /** Changes come through one subscription, of the client and by hand in turns, as a real server writes and sends them. */
    private void changesOfRealServer() throws InterruptedException {
        client.query("CREATE SHARED TABLE " + changing() + " (id TEXT PRIMARY KEY, body TEXT, stars BIGINT)");
        AtomicLong seen = new AtomicLong();
        double[] ratios = new double[CHANGE_ROUNDS];
        double[] rates = new double[CHANGE_ROUNDS];
        double[] alone = new double[CHANGE_ROUNDS];
        long dropped = 0;
        for (int i = 0; i < CHANGE_ROUNDS; i++) {
            long started = System.nanoTime();
            writeChanges();
            alone[i] = REAL_CHANGES * 1e9 / (System.nanoTime() - started);
            try (Subscription subscription = client.live()
                    .subscribe(changing(), SubscriptionOptions.changesOnly(), event -> count(event, seen))) {
                rates[i] = received(subscription.id(), seen);
                dropped += REAL_CHANGES - seen.get();
            }
            client.live().disconnect();
            try (ByHand byHand = new ByHand(seen)) {
                ratios[i] = rates[i] / received(byHand.id(), seen);
                dropped += REAL_CHANGES - seen.get();
            }
        }
        System.out.printf(
                "changes through one subscription: %.2f x the rate by hand, %,.0f/s (written alone %,.0f/s); %d of %,d dropped by the server%n",
                median(ratios), median(rates), median(alone), dropped, 2 * CHANGE_ROUNDS * REAL_CHANGES);
    }

    private void writeChanges() {
        int from = written;
        written += REAL_CHANGES;
        for (int i = 0; i < REAL_CHANGES; i += 50) {
            insert(changing(), from + i, 50);
        }
    }

    /** Returns how many changes came a second, until all have or none did for a while. */
    private double received(String subscription, AtomicLong seen) throws InterruptedException {
        seen.set(0);
        long started = System.nanoTime();
        writeChanges();
        long last = System.nanoTime();
        for (long before = 0; seen.get() < REAL_CHANGES && System.nanoTime() - last < SILENCE_NANOS; ) {
            long now = seen.get();
            if (now != before) {
                before = now;
                last = System.nanoTime();
            }
            Thread.sleep(1);
        }
        if (seen.get() == REAL_CHANGES) {
            last = System.nanoTime();
        }
        if (seen.get() == 0) {
            throw new IllegalStateException("No change came to subscription " + subscription);
        }
        return seen.get() * 1e9 / (last - started);
    }

    private static double rate(Runnable sending, AtomicLong seen) throws InterruptedException {
        seen.set(0);
        long started = System.nanoTime();
        sending.run();
        while (seen.get() < CHANGES) {
            if (System.nanoTime() - started > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "Only " + seen.get() + " of " + CHANGES + " changes came in " + PATIENCE);
            }
            Thread.sleep(1);
        }
        return CHANGES * 1e9 / (System.nanoTime() - started);
    }

    private static void send(KalamServer server, String subscription) {
        for (int i = 0; i < CHANGES; i++) {
            server.faults()
                    .sendText("{\"type\":\"change\",\"subscription_id\":\"" + subscription
                            + "\",\"change_type\":\"insert\",\"rows\":[{\"id\":\"k" + i
                            + "\",\"body\":\"a body of some length\",\"stars\":\"" + i + "\",\"_seq\":\""
                            + (7_219_384_756_201_472L + i) + "\",\"_deleted\":false}]}");
        }
    }

    private static void count(LiveEvent event, AtomicLong seen) {
        if (event instanceof LiveEvent.Gap) {
            throw new IllegalStateException("The listener was too slow");
        }
        seen.addAndGet(event instanceof LiveEvent.Inserted ? event.rows().size() : 0);
    }

    /** A subscription by OkHttp and Jackson: each frame becomes a tree, and its rows are counted. */
    private final class ByHand extends WebSocketListener implements AutoCloseable {
        private final AtomicLong seen;
        private final CountDownLatch ready = new CountDownLatch(1);
        private final WebSocket socket;

        ByHand(AtomicLong seen) throws InterruptedException {
            this.seen = seen;
            this.socket = http.newWebSocket(
                    new Request.Builder()
                            .url(url + "/v1/ws")
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    this);
            socket.send("{\"type\":\"subscribe\",\"subscription\":{\"id\":\"s\",\"sql\":\"SELECT * FROM " + changing()
                    + "\"}}");
            ready.await();
        }

        String id() {
            return "s";
        }

        @Override
        public void onMessage(WebSocket from, String text) {
            take(JsonMapper.shared().readTree(text));
        }

        @Override
        public void onMessage(WebSocket from, ByteString bytes) {
            try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                take(JsonMapper.shared().readTree(content.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void take(JsonNode frame) {
            switch (frame.path("type").asString("")) {
                case "subscription_ack" -> ready.countDown();
                case "change" -> seen.addAndGet(frame.path("rows").size());
                default -> {
                    // Nothing that counts.
                }
            }
        }

        @Override
        public void close() {
            socket.close(1000, null);
        }
    }

    private void messages() throws IOException {
        client.query("CREATE SHARED TABLE " + space + ".told (id TEXT PRIMARY KEY, body TEXT, stars BIGINT)");
        client.topics().create(space + ".topic", 1);
        client.topics().addSource(space + ".topic", space + ".told", TopicOp.INSERT);
        for (int i = 0; i < messages; i += 1000) {
            insert(space + ".told", i, 1000);
        }
        double[] ratios = new double[9];
        double rate = 0;
        consumeByClient("warm");
        consumeByHand("warmed");
        for (int i = 0; i < ratios.length; i++) {
            double own = consumeByClient("own" + i);
            double bare = consumeByHand("bare" + i);
            ratios[i] = own / bare;
            rate = own;
        }
        System.out.printf("messages of a topic: %.2f x the rate by hand, %,.0f/s%n", median(ratios), rate);
    }

    private double consumeByClient(String group) {
        long started = System.nanoTime();
        ConsumeRequest request = ConsumeRequest.of(space + ".topic", group)
                .start(Start.earliest())
                .limit(BATCH);
        int count = 0;
        while (count < messages) {
            ConsumeBatch batch = client.topics().consume(request);
            for (var message : batch.messages()) {
                count += message.row().has("id") ? 1 : 0;
            }
            client.topics().ack(batch.messages().get(batch.messages().size() - 1));
        }
        return messages * 1e9 / (System.nanoTime() - started);
    }

    private double consumeByHand(String group) throws IOException {
        long started = System.nanoTime();
        int count = 0;
        while (count < messages) {
            @Nullable JsonNode last = null;
            for (JsonNode message : post(
                            "/v1/api/topics/consume",
                            Map.of(
                                    "topic_id",
                                    space + ".topic",
                                    "group_id",
                                    group,
                                    "start",
                                    "Earliest",
                                    "limit",
                                    BATCH))
                    .path("messages")) {
                JsonNode row = JsonMapper.shared()
                        .readTree(Base64.getDecoder()
                                .decode(message.path("payload").stringValue()));
                count += row.has("id") ? 1 : 0;
                last = message;
            }
            if (last != null) {
                post(
                        "/v1/api/topics/ack",
                        Map.of(
                                "topic_id",
                                space + ".topic",
                                "group_id",
                                group,
                                "partition_id",
                                0,
                                "upto_offset",
                                last.path("offset").asLong()));
            }
        }
        return messages * 1e9 / (System.nanoTime() - started);
    }

    @Override
    public void close() {
        client.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
        if (local != null) {
            local.close();
        }
    }
}
