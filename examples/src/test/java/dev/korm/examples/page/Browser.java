package dev.korm.examples.page;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window, told what to do by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SAYS = "DevTools listening on ";

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();

    /** Returns where there is one on this machine. */
    static Optional<Path> found() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    Browser(Path program, Path profile) throws IOException {
        process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank"))
                .redirectErrorStream(true)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith(SAYS)) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("The browser " + program + " does not start");
        }
        Thread rest = new Thread(() -> out.lines().forEach(said -> {}));
        rest.setDaemon(true);
        rest.start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(line.substring(SAYS.length()).strip()), new Frames())
                .join();
    }

    /** Puts together what comes in several parts. */
    private final class Frames implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonNode frame = JSON.readTree(text.toString());
                text.setLength(0);
                CompletableFuture<JsonNode> waiting =
                        asked.remove(frame.path("id").asInt(0));
                if (waiting != null) {
                    waiting.complete(frame);
                }
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private synchronized CompletableFuture<JsonNode> send(String frame, int id) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        socket.sendText(frame, true).join();
        return answer;
    }

    private JsonNode call(Optional<String> session, String method, Map<String, Object> parameters) throws Exception {
        int id = number.incrementAndGet();
        Map<String, Object> frame = new java.util.HashMap<>(Map.of("id", id, "method", method, "params", parameters));
        session.ifPresent(its -> frame.put("sessionId", its));
        JsonNode answer = send(JSON.writeValueAsString(frame), id).get(60, TimeUnit.SECONDS);
        if (answer.has("error")) {
            throw new IllegalStateException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
    }

    /**
     * Opens a page as a user does who has nothing to do with those of other pages.
     *
     * @param first what runs before the page's own
     */
    Page page(String address, String first) throws Exception {
        String context = call(Optional.empty(), "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .stringValue();
        return new Page(context, address, first);
    }

    /** A tab. */
    final class Page {
        private final String context;
        private final String first;
        private final Optional<String> session;

        private Page(String context, String address, String first) throws Exception {
            this.context = context;
            this.first = first;
            String target = call(
                            Optional.empty(),
                            "Target.createTarget",
                            Map.of("url", "about:blank", "browserContextId", context))
                    .get("targetId")
                    .stringValue();
            session = Optional.of(
                    call(Optional.empty(), "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                            .get("sessionId")
                            .stringValue());
            call(session, "Page.enable", Map.of());
            call(session, "Page.addScriptToEvaluateOnNewDocument", Map.of("source", first));
            go(address);
        }

        /** Opens another tab of the same user. */
        Page another(String address) throws Exception {
            return new Page(context, address, first);
        }

        /** Puts this tab before the others of its window: one that is behind is not drawn. */
        void front() throws Exception {
            call(session, "Page.bringToFront", Map.of());
        }

        void go(String address) throws Exception {
            call(session, "Page.navigate", Map.of("url", address));
        }

        /** Returns what a script answers, a promise's value when it has one. */
        JsonNode run(String script) throws Exception {
            JsonNode answer = call(
                    session,
                    "Runtime.evaluate",
                    Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
            if (answer.has("exceptionDetails")) {
                throw new IllegalStateException(script + ": " + answer.get("exceptionDetails"));
            }
            return answer.get("result").path("value");
        }

        /** Waits until a condition holds in the page, which looks again whenever the page changes. */
        void until(String condition) throws Exception {
            run(
                    "new Promise((met) => { const look = () => { if (" + condition
                            + ") { met(true); return true; } return false; };"
                            + " if (!look()) { const watch = new MutationObserver(() => { if (look()) watch.disconnect(); });"
                            + " watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true }); } })");
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
