package dev.korm.benchmarks;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.jdbc.Sqlite;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times a change from the return of its commit until a client of the gateway has it, and until the last of many who follow the same query has it. Clients and gateway share the
 * process. Arguments: how many changes, then each number of clients.
 */
public final class GatewaySpeed implements WebSocket.Listener {
    private static final int CHANGES = 500;
    private static final List<Integer> CLIENTS = List.of(1, 100);
    private static final int WARM = 50;
    private static final long SECONDS = 30;
    private static final Rn<Document> TODOS = Rn.collection("todo", "item");
    private static final String SUBSCRIBE = "{\"op\":\"subscribe\",\"table\":\"todos\",\"hashId\":\"h\",\"queryJson\":"
            + "{\"order\":[{\"field\":\"n\",\"sort\":\"DESC_DEFAULT\"}],\"limit\":20}}";

    private final CountDownLatch rows = new CountDownLatch(1);
    private final StringBuilder frame = new StringBuilder();
    private volatile @Nullable Round round;

    /** One change: who has it, and when the first and the last had it. */
    private static final class Round {
        private final CountDownLatch missing;
        private volatile long last;

        Round(int clients) {
            missing = new CountDownLatch(clients);
        }

        void had() {
            last = System.nanoTime();
            missing.countDown();
        }
    }

    private GatewaySpeed() {}

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
        frame.append(data);
        if (end) {
            if (frame.indexOf("\"op\":\"rangeIndex\"") >= 0) {
                rows.countDown();
            } else if (frame.indexOf("\"kind\":\"added\"") >= 0) {
                Round now = round;
                if (now != null) {
                    now.had();
                }
            }
            frame.setLength(0);
        }
        from.request(1);
        return null;
    }

    /** Prints a line for each number of clients. */
    public static void main(String[] arguments) throws InterruptedException {
        int changes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : CHANGES;
        List<Integer> clients = arguments.length > 1
                ? Arrays.stream(arguments).skip(1).map(Integer::valueOf).toList()
                : CLIENTS;
        for (int each : clients) {
            run(changes, each);
        }
    }

    private static void run(int changes, int clients) throws InterruptedException {
        AccessPolicy policy = AccessPolicy.builder()
                .table("todos", TableRule.of(TODOS).allRows().allow(Right.READ))
                .build();
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "korm-gateway-speed-" + System.nanoTime());
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open();
                Gateway gateway = Gateway.builder(pool)
                        .authenticator(Authenticator.anonymous("demo"))
                        .policy(policy)
                        .host("127.0.0.1")
                        .port(0)
                        .start()) {
            HttpClient http = HttpClient.newHttpClient();
            List<GatewaySpeed> all = new ArrayList<>();
            List<WebSocket> sockets = new ArrayList<>();
            for (int each = 0; each < clients; each++) {
                GatewaySpeed client = new GatewaySpeed();
                WebSocket socket = http.newWebSocketBuilder()
                        .buildAsync(URI.create("ws://127.0.0.1:" + gateway.port() + "/"), client)
                        .join();
                socket.sendText(SUBSCRIBE, true).join();
                require(client.rows.await(SECONDS, TimeUnit.SECONDS));
                all.add(client);
                sockets.add(socket);
            }
            long[] nanos = new long[changes];
            for (int change = -WARM; change < changes; change++) {
                Round round = new Round(clients);
                all.forEach(client -> client.round = round);
                Korm.item(Document.class, pool)
                        .fromData(TODOS, Document.of(Map.of("n", (long) change)))
                        .create();
                long committed = System.nanoTime();
                require(round.missing.await(SECONDS, TimeUnit.SECONDS));
                if (change >= 0) {
                    nanos[change] = Math.max(0, round.last - committed);
                }
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "%d clients of one query, %d changes: until the last has it, half within %.2f ms, 99 %% within %.2f ms%n",
                    clients, changes, nanos[changes / 2] / 1e6, nanos[changes * 99 / 100] / 1e6);
            sockets.forEach(WebSocket::abort);
        } finally {
            for (String end : List.of("", "-wal", "-shm")) {
                Path.of(file + end).toFile().deleteOnExit();
            }
        }
    }

    private static void require(boolean came) {
        if (!came) {
            throw new IllegalStateException("A client has not heard of a change in " + SECONDS + " seconds");
        }
    }
}
