package dev.korm.benchmarks;

import dev.korm.Document;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.gateway.settings.Limits;
import dev.korm.jdbc.Sqlite;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Times changes at a steady rate until the one client has each that follows it, among many live queries {@code field = constant} of a gateway: from the return of the commit until the frame is read. Each socket has many
 * subscriptions; clients and gateway share the process. Arguments: changes a second, seconds, then each number of subscriptions, in this order and all over the same rows.
 */
public final class SubscriptionSpeed implements WebSocket.Listener {
    /** Subscriptions of one socket. */
    private static final int EACH = 500;

    private static final int WARM_SECONDS = 5;
    private static final long PATIENCE_SECONDS = 60;

    private final Semaphore begun = new Semaphore(0);
    private final StringBuilder frame = new StringBuilder();
    private volatile @Nullable Arrivals arrivals;

    /** A row of the list of its number; {@code change} says by which change it became as it is. */
    @Stored(namespace = "bench", kind = "row")
    record Row(@Indexed long number, long change, String text) {}

    /** Times at which changes came. */
    private static final class Arrivals {
        private final long first;
        private final AtomicLongArray at;
        private final CountDownLatch missing;

        Arrivals(long first, int changes) {
            this.first = first;
            at = new AtomicLongArray(changes);
            missing = new CountDownLatch(changes);
        }

        void had(long change) {
            int place = (int) (change - first);
            if (place >= 0 && place < at.length() && at.compareAndSet(place, 0, System.nanoTime())) {
                missing.countDown();
            }
        }
    }

    private SubscriptionSpeed() {}

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
        frame.append(data);
        if (end) {
            if (frame.indexOf("\"op\":\"rangeIndex\"") >= 0) {
                begun.release();
            } else if (frame.indexOf("\"kind\":\"modified\"") >= 0) {
                Arrivals now = arrivals;
                if (now != null) {
                    now.had(change());
                }
            } else if (frame.indexOf("\"op\":\"error\"") >= 0) {
                System.err.println(frame);
            }
            frame.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        System.err.println("A socket failed: " + failure);
    }

    private long change() {
        int at = frame.indexOf("\"change\":") + 9;
        int end = at;
        while (Character.isDigit(frame.charAt(end))) {
            end++;
        }
        return Long.parseLong(frame, at, end, 10);
    }

    /** Prints a line for each number of subscriptions. */
    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        List<Integer> counts = arguments.length > 2
                ? Arrays.stream(arguments).skip(2).map(Integer::valueOf).toList()
                : List.of(200, 20_000, 200, 20_000);
        Path folder = Files.createTempDirectory("korm-subscriptions");
        AccessPolicy policy = AccessPolicy.builder()
                .table(
                        "rows",
                        TableRule.of(Rn.<Document>collection("bench", "row"))
                                .allRows()
                                .allow(Right.READ))
                .build();
        Limits limits = Limits.DEFAULT
                .withSubscriptions(EACH)
                .withRequestsPerSecond(1_000_000)
                .withRequestBurst(1_000_000)
                .withPendingRequests(EACH);
        try (Pool pool = Korm.pool()
                        .layer("main", Sqlite.file(folder.resolve("a.sqlite")).durability(Sqlite.Durability.NORMAL))
                        .open();
                Gateway gateway = Gateway.builder(pool)
                        .authenticator(Authenticator.anonymous("demo"))
                        .policy(policy)
                        .limits(limits)
                        .host("127.0.0.1")
                        .port(0)
                        .start()) {
            int most = counts.stream().mapToInt(Integer::intValue).max().orElseThrow();
            Items<Row> rows = Korm.item(Row.class, pool);
            rows.prepare();
            List<FloatingItem<Row>> made = IntStream.range(0, most)
                    .mapToObj(number -> rows.fromData(new Row(number, 0, "what is to be done")))
                    .toList();
            List<Item<Row>> all = new ArrayList<>(Korm.createAll(made));
            for (int count : counts) {
                run(gateway.port(), all, rate, seconds, count);
            }
        } finally {
            for (String end : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(folder.resolve("a.sqlite" + end));
            }
            Files.delete(folder);
        }
    }

    private static void run(int port, List<Item<Row>> rows, int rate, int seconds, int count)
            throws InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        List<SubscriptionSpeed> clients = new ArrayList<>();
        List<WebSocket> sockets = new ArrayList<>();
        long opened = System.nanoTime();
        for (int first = 0; first < count; first += EACH) {
            SubscriptionSpeed client = new SubscriptionSpeed();
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + "/"), client)
                    .join();
            int some = Math.min(EACH, count - first);
            for (int number = first; number < first + some; number++) {
                socket.sendText(
                                "{\"op\":\"subscribe\",\"table\":\"rows\",\"hashId\":\"h" + number
                                        + "\",\"queryJson\":{\"wrapper\":{\"field_name\":\"number\",\"filter_type\":\"equals\",\"value\":{\"Int64Value\":{\"value\":"
                                        + number + "}}}}}",
                                true)
                        .join();
            }
            if (!client.begun.tryAcquire(some, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "Some of the subscriptions have not begun in " + PATIENCE_SECONDS + " s");
            }
            clients.add(client);
            sockets.add(socket);
        }
        double took = (System.nanoTime() - opened) / 1e9;
        Random random = new Random(7);
        measure(clients, rows, rate, WARM_SECONDS, count, random);
        long[] nanos = measure(clients, rows, rate, seconds, count, random);
        System.out.printf(
                "%d subscriptions of %d sockets (begun in %.1f s), %d changes at %d a second: half within %.2f ms, 99 %% within %.2f ms, all within %.1f ms%n",
                count,
                sockets.size(),
                took,
                nanos.length,
                rate,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
        sockets.forEach(WebSocket::abort);
    }

    /** Returns how late each change came, in order. */
    private static long[] measure(
            List<SubscriptionSpeed> clients, List<Item<Row>> rows, int rate, int seconds, int count, Random random)
            throws InterruptedException {
        int changes = rate * seconds;
        // A row that is given the value that it has is not changed.
        long number = rows.stream().mapToLong(row -> row.data().change()).max().orElse(0) + 1;
        Arrivals arrivals = new Arrivals(number, changes);
        clients.forEach(client -> client.arrivals = arrivals);
        long[] committed = new long[changes];
        long start = System.nanoTime();
        for (int change = 0; change < changes; change++) {
            long due = start + change * 1_000_000_000L / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            int at = random.nextInt(count);
            rows.set(at, rows.get(at).set("change", number + change).commit());
            committed[change] = System.nanoTime();
        }
        // A row that changed twice before it was told of is told of once, with the later change.
        if (!arrivals.missing.await(2, TimeUnit.SECONDS)) {
            long merged = IntStream.range(0, changes)
                    .filter(change -> arrivals.at.get(change) == 0)
                    .count();
            System.out.println(merged + " changes were told together with a later one of the same row");
        }
        long[] nanos = IntStream.range(0, changes)
                .filter(change -> arrivals.at.get(change) != 0)
                .mapToLong(change -> Math.max(0, arrivals.at.get(change) - committed[change]))
                .sorted()
                .toArray();
        return nanos;
    }
}
