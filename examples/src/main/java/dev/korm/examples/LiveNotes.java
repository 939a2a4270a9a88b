package dev.korm.examples;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.live.LiveRows;
import dev.korm.kalam.live.LiveRowsOptions;
import dev.korm.testkit.kalam.KalamServer;
import java.io.PrintStream;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A list of notes that follows KalamDB by itself, and a worker that handles each new note once: against a server for tests that it starts, or one whose
 * address, user and password are its arguments. Each run has a namespace of its own, {@code demo_} and a number.
 */
public final class LiveNotes {
    record Note(String id, String body, int stars) {}

    private static final int PATIENCE = 60;

    private final PrintStream out;
    private final String namespace = "demo_" + System.currentTimeMillis();
    private final String table = namespace + ".notes";
    private final String topic = namespace + ".new-notes";

    LiveNotes(PrintStream out) {
        this.out = out;
    }

    /** Runs it. */
    public static void main(String[] arguments) throws InterruptedException {
        LiveNotes notes = new LiveNotes(System.out);
        if (arguments.length == 3) {
            notes.run(URI.create(arguments[0]), Auth.basic(arguments[1], arguments[2]));
            return;
        }
        try (KalamServer server = KalamServer.start()) {
            notes.run(server.url(), Auth.basic("admin", server.password()));
        }
    }

    void run(URI server, Auth user) throws InterruptedException {
        try (KalamClient kalam = KalamClient.builder().url(server).auth(user).build()) {
            kalam.query("CREATE NAMESPACE " + namespace);
            kalam.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY, body TEXT, stars INT)");
            kalam.topics().create(topic, 1);
            kalam.topics().addSource(topic, table, TopicOp.INSERT);
            BlockingQueue<String> handled = new LinkedBlockingQueue<>();
            try (Worker<Note> worker = kalam.topics()
                            .worker("mailer", topic, "mail", Note.class)
                            .start(Start.earliest())
                            .handler((context, change) ->
                                    handled.add(change.row().body()))
                            .start();
                    LiveRows<Note> live = kalam.live()
                            .rows(
                                    Note.class,
                                    "SELECT id, body, stars FROM " + table + " WHERE stars >= 3",
                                    LiveRowsOptions.key("id"))) {
                BlockingQueue<List<Note>> lists = new LinkedBlockingQueue<>();
                live.onChange(lists::add);
                out.println("Live: notes with three stars or more");
                add(kalam, "n1", "Buy milk", 5);
                add(kalam, "n2", "Water the plants", 2);
                add(kalam, "n3", "Call Ada", 3);
                show(lists, list -> list.size() == 2);
                out.println("  after both lost two stars");
                kalam.update(table, "n1", Map.of("stars", 3));
                kalam.update(table, "n3", Map.of("stars", 1));
                show(lists, list -> list.size() == 1);
                out.println("Worker, " + (worker.isRunning() ? "running" : "stopped")
                        + ": each new note, once and in order");
                for (int i = 0; i < 3; i++) {
                    out.println("    " + handled.poll(PATIENCE, TimeUnit.SECONDS));
                }
            }
        }
    }

    private void add(KalamClient kalam, String id, String body, int stars) {
        kalam.insert(table, Map.of("id", id, "body", body, "stars", stars));
    }

    private void show(BlockingQueue<List<Note>> lists, Predicate<List<Note>> isExpected) throws InterruptedException {
        List<Note> list = lists.poll(PATIENCE, TimeUnit.SECONDS);
        while (list != null && !isExpected.test(list)) {
            list = lists.poll(PATIENCE, TimeUnit.SECONDS);
        }
        if (list == null) {
            out.println("    the list did not change in time");
            return;
        }
        list.stream()
                .sorted(Comparator.comparing(Note::id))
                .forEach(note -> out.println("    " + note.body() + " (" + note.stars() + ")"));
    }
}
