package dev.korm.examples.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Document;
import dev.korm.FloatingItem;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The list of tasks in a real browser, where there is one, before gateways in processes of their own. It prints how long things took; what it requires is that they happen.
 */
@Tag("long")
@Timeout(300)
class TodoPageTest {
    private static final Rn<Document> TODOS = Rn.collection("todo", "item");
    private static final Path EXAMPLE = Path.of("todo").toAbsolutePath();

    /**
     * Has a page say what happened in which order, and when its list was in the document and when the frame with it was handed on to be drawn; in milliseconds after the navigation
     * began.
     */
    private static final String WATCHED = """
            window.happened = [];
            window.begunAt = performance.now();
            window.WebSocket = class extends WebSocket {
              constructor(...all) {
                super(...all);
                window.happened.push('dialled');
                this.addEventListener('open', () => {
                  window.openedAt = performance.now();
                  window.happened.push('connected');
                });
              }
            };
            window.drawn = new Promise((met) => {
              const watch = new MutationObserver(() => {
                if (!document.querySelector('#list li')) return;
                watch.disconnect();
                window.shownAt = performance.now();
                window.firstShown = document.querySelectorAll('#list li').length;
                window.happened.push('shown while ' + document.readyState);
                const behind = new MessageChannel();
                behind.port1.onmessage = () => met(performance.now());
                requestAnimationFrame(() => behind.port2.postMessage(0));
              });
              watch.observe(document, { childList: true, subtree: true });
            });
            """;

    /** Answers where the time went until the list was drawn. */
    private static final String COURSE = """
            window.drawn.then((drawn) => {
              const page = performance.getEntriesByType('navigation')[0];
              return [drawn, ...Object.entries({ request: page.requestStart, 'first byte': page.responseStart, 'all bytes': page.responseEnd,
                'document begun': window.begunAt, 'list in it': window.shownAt, drawn }).map(([what, at]) => what + ' ' + at.toFixed(1))];
            })
            """;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();
    private Browser browser;
    private int web;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Browser.found().isPresent(), "There is no Chromium here, so the page was not opened in a browser");
        web = free();
        processes.add(new ProcessBuilder(
                        java(),
                        EXAMPLE.resolve("Web.java").toString(),
                        Integer.toString(web),
                        EXAMPLE.toString(),
                        Path.of("../clients/js").toRealPath().toString())
                .inheritIO()
                .start());
        browser = new Browser(Browser.found().orElseThrow(), folder.resolve("profile"));
        awaitPage();
    }

    @AfterEach
    void close() throws InterruptedException {
        if (browser != null) {
            browser.close();
        }
        for (Process each : processes) {
            each.destroyForcibly();
            each.waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static int free() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    /** Waits for the server of the files, which does not tell when it is ready. */
    private void awaitPage() throws Exception {
        HttpRequest page = HttpRequest.newBuilder(URI.create("http://localhost:" + web + "/"))
                .build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                HttpClient.newHttpClient().send(page, HttpResponse.BodyHandlers.discarding());
                return;
            } catch (IOException notYet) {
                assertThat(System.nanoTime()).isLessThan(end);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private Process gateway(int port, String store) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        java(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TodoGateway.class.getName(),
                        EXAMPLE.resolve("gateway.json").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of(
                        "WS_PORT", Integer.toString(port), "KORM_STORE", store, "TODO_PORT", Integer.toString(web)));
        Process process = builder.start();
        processes.add(process);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).isEqualTo("ready " + port);
        return process;
    }

    private String address(int port) {
        return "http://localhost:" + web + "/?gateway=ws://localhost:" + port + "/";
    }

    private static String shows(String text) {
        return "[...document.querySelectorAll('#list li span')].some((each) => each.textContent === '" + text + "')";
    }

    private static final String LIVE = "document.getElementById('badge')?.textContent === 'live'";

    @Test
    void over_sqlite_alone() throws Exception {
        int port = free();
        String store = folder.resolve("todo.sqlite").toString();
        run("SQLite, one gateway", store, port, port);
    }

    @Test
    void over_postgresql_with_two_gateways() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            String store = "postgres://postgres:postgres@localhost:" + server.getPort() + "/postgres";
            run("PostgreSQL, two gateways", store, free(), free());
        }
    }

    private void run(String what, String store, int first, int second) throws Exception {
        Process gateway = gateway(first, store);
        if (second != first) {
            gateway(second, store);
        }
        Browser.Page one = browser.page(address(first), WATCHED);
        Browser.Page two = browser.page(address(second), WATCHED);
        one.until(LIVE);
        two.until(LIVE);
        Browser.Page beside = one.another(address(first));
        beside.until(LIVE);
        System.out.println(what + ": other user's tab in step after " + inStep(one, two, "far")
                + ", own second tab after " + inStep(one, beside, "near"));

        gateway.destroyForcibly().waitFor();
        one.until("!(" + LIVE + ")");
        try (Pool pool = Korm.pool().layer("main", TodoGateway.store(store)).open()) {
            Items<Document> todos = Korm.item(Document.class, pool);
            for (int i = 0; i < 1_000; i += 100) {
                List<FloatingItem<Document>> some = new ArrayList<>();
                for (int n = i; n < i + 100; n++) {
                    some.add(todos.fromData(TODOS, task("missed " + n, n)));
                }
                pool.runTransaction(tx -> some.forEach(tx::create));
            }
            todos.fromData(TODOS, task("the first", -1)).create();
        }
        one.front();
        System.out.println(what + ": cached list " + drawn(one, address(first)));
        assertThat(one.run("document.getElementById('badge').textContent").stringValue())
                .isEqualTo("cached");
        assertThat(one.run("document.querySelector('#add button').disabled").booleanValue())
                .isTrue();
        gateway(first, store);
        one.until(LIVE + " && " + shows("the first"));
        System.out.println(what + ": 1,001 missed changes seen "
                + one.run("Math.round(performance.now() - window.openedAt)") + " ms after the connection opened");
        assertThat(one.run("document.querySelectorAll('#list li').length").intValue())
                .isEqualTo(500);
        System.out.println(what + ": cached list of 500 " + drawn(one, address(free())));
        assertThat(one.run("window.firstShown").intValue()).isEqualTo(40);
        one.until("document.querySelectorAll('#list li').length === 500");
        assertThat(one.run("document.getElementById('badge').textContent").stringValue())
                .isEqualTo("cached");
        one.go(address(first));
        one.until(LIVE);
        assertThat(one.run("window.happened.join(', ')").stringValue())
                .isEqualTo("shown while loading, dialled, connected");
        two.until(shows("the first"));
        beside.until(shows("the first"));
    }

    /** Opens a page several times, and returns how long it took until its list was drawn, and the course of the one in the middle. */
    private static String drawn(Browser.Page page, String address) throws Exception {
        List<JsonNode> courses = new ArrayList<>();
        for (int turn = 0; turn < 11; turn++) {
            page.go(address);
            page.until("window.shownAt");
            courses.add(page.run(COURSE));
        }
        courses.sort(Comparator.comparingDouble(course -> course.get(0).doubleValue()));
        List<String> middle = new ArrayList<>();
        courses.get(courses.size() / 2).forEach(each -> middle.add(each.asString()));
        return "drawn " + Math.round(courses.get(0).get(0).doubleValue()) + " to "
                + Math.round(courses.get(courses.size() - 1).get(0).doubleValue())
                + " ms after navigation; the one in the middle: "
                + String.join(", ", middle.subList(1, middle.size()));
    }

    private static Document task(String text, long created) {
        return Document.of(Map.of("text", text, "done", false, "created", created, "tenant", "demo"));
    }

    /** Adds tasks in one page, and returns how long it took until the other showed them. */
    private static String inStep(Browser.Page from, Browser.Page to, String name) throws Exception {
        long[] took = new long[20];
        for (int turn = 0; turn < took.length; turn++) {
            String text = name + " " + turn;
            to.run("window.seen = new Promise((met) => { const watch = new MutationObserver(() => { if (" + shows(text)
                    + ") { watch.disconnect(); met(Date.now()); } });"
                    + " watch.observe(document.getElementById('list'), { childList: true, subtree: true }); }); 0");
            long begun = from.run("document.getElementById('text').value = '" + text
                            + "'; const begun" + name + turn + " = Date.now();"
                            + " document.getElementById('add').requestSubmit(); begun" + name + turn)
                    .longValue();
            took[turn] = to.run("window.seen").longValue() - begun;
        }
        Arrays.sort(took);
        return took[took.length / 2] + " ms (longest " + took[took.length - 1] + ")";
    }
}
