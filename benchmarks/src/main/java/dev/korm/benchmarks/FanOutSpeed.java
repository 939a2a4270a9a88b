package dev.korm.benchmarks;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.Gateway;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.gateway.settings.Limits;
import dev.korm.jdbc.Sqlite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Times a change of a list until the last of many sockets that follow it has the frame, and so how many frames a gateway sends in a second. The sockets are in a process of their
 * own, whose one thread only counts frames, so that most of the machine is the gateway's. Arguments: how many sockets, how many rounds, how many changes a round's transaction has.
 */
public final class FanOutSpeed {
    private static final int WARM = 10;
    private static final int ROWS = 20;
    private static final Rn<Document> TODOS = Rn.collection("todo", "item");

    private FanOutSpeed() {}

    /** Prints a line for each number of changes. */
    public static void main(String[] arguments) throws Exception {
        int sockets = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
        List<Integer> changes = arguments.length > 2
                ? Arrays.stream(arguments).skip(2).map(Integer::valueOf).toList()
                : List.of(1, 10);
        AccessPolicy policy = AccessPolicy.builder()
                .table("todos", TableRule.of(TODOS).allRows().allow(Right.READ))
                .build();
        Path folder = Files.createTempDirectory("korm-fan-out");
        try (Pool pool = Korm.pool()
                        .layer("main", Sqlite.file(folder.resolve("a.sqlite")))
                        .open();
                Gateway gateway = Gateway.builder(pool)
                        .authenticator(Authenticator.anonymous("demo"))
                        .policy(policy)
                        // Else the first clients are told of one another.
                        .limits(Limits.DEFAULT.withPresence(1))
                        .host("127.0.0.1")
                        .port(0)
                        .start()) {
            for (long n = 0; n < ROWS; n++) {
                Korm.item(Document.class, pool)
                        .fromData(TODOS, Document.of(Map.of("n", n, "text", "what is to be done")))
                        .create();
            }
            Process counting = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FrameCounter.class.getName(),
                            Integer.toString(gateway.port()),
                            Integer.toString(sockets))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader said = new BufferedReader(
                            new InputStreamReader(counting.getInputStream(), StandardCharsets.UTF_8));
                    PrintStream ask = new PrintStream(counting.getOutputStream(), true, StandardCharsets.UTF_8)) {
                System.out.println(said.readLine());
                for (int each : changes) {
                    run(pool, said, ask, sockets, rounds, each);
                }
            } finally {
                counting.destroy();
            }
        } finally {
            for (String end : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(folder.resolve("a.sqlite" + end));
            }
            Files.delete(folder);
        }
    }

    private static void run(Pool pool, BufferedReader said, PrintStream ask, int sockets, int rounds, int changes)
            throws IOException {
        Items<Document> todos = Korm.item(Document.class, pool);
        long[] nanos = new long[rounds];
        for (int round = -WARM; round < rounds; round++) {
            ask.println((long) sockets * changes);
            said.readLine();
            List<Item<Document>> items = todos.fromQuery(TODOS).limit(changes).get();
            String text = "what is to be done in round " + round;
            Korm.tx(items.stream().map(item -> item.set("text", text)).toList()).persist();
            long committed = System.nanoTime();
            long last = Long.parseLong(said.readLine());
            if (round >= 0) {
                nanos[round] = last - committed;
            }
        }
        Arrays.sort(nanos);
        double half = nanos[rounds / 2] / 1e9;
        System.out.printf(
                "%d sockets, %d changes in a transaction: the last has them after %.0f ms (half of %d rounds; best %.0f, worst %.0f), %,.0f changes a second%n",
                sockets,
                changes,
                half * 1e3,
                rounds,
                nanos[0] / 1e6,
                nanos[rounds - 1] / 1e6,
                sockets * changes / half);
    }
}
