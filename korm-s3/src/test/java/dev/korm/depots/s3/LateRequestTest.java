package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program is stopped while the request is on its way by which it replaces a file, and goes on when its turn is long over and another has replaced the file. */
@Tag("long")
class LateRequestTest {
    private static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");
    private static final Rn<?> FILE = Rn.file("files", "docs", "x");

    /** The turn of a program that died ends after four of these and 2 s. */
    private static final Duration REQUEST = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private static Rn<?> staged(long revision) {
        return Rn.file("files", "staged", "" + revision);
    }

    private static void stage(Depot depot, long revision) {
        depot.put(
                staged(revision),
                new ByteArrayInputStream(Long.toString(revision).getBytes(StandardCharsets.UTF_8)),
                PutOptions.NONE.attribute("item", "a").attribute("revision", "" + revision));
    }

    /** The program: stores the first revision, then the second, and tells of each. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try (Depot depot = S3Depot.bucket(arguments[1])
                    .endpoint(arguments[0])
                    .credentials(arguments[2], arguments[3])
                    .prefix(arguments[4])
                    .timeout(REQUEST)
                    .open("files", Environment.system())) {
                stage(depot, 1);
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptionsInstanceOf(DepotUnavailableException.class)
                        .until(() -> depot.moveIfNewer(staged(1), FILE, NEWER));
                stage(depot, 2);
                System.out.println("first");
                System.out.flush();
                String second;
                try {
                    second = depot.moveIfNewer(staged(2), FILE, NEWER) ? "replaced" : "too late";
                } catch (KormException refused) {
                    second = refused.getClass().getSimpleName();
                }
                System.out.println(second);
                System.out.flush();
            }
        }
    }

    @Test
    void the_late_request_of_a_stopped_program_does_not_replace_newer_bytes() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/bin/kill")))
                .as("processes can be stopped")
                .isTrue();
        S3Server server = S3Server.SHARED;
        String prefix = "late-" + UUID.randomUUID();
        try (HeldRequest held = new HeldRequest(URI.create(server.endpoint()));
                Depot depot = server.depot(prefix).timeout(REQUEST).open("files", Environment.system())) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xshare:auto",
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Program.class.getName(),
                            held.endpoint(),
                            server.bucket(),
                            server.id(),
                            server.secret(),
                            prefix)
                    .redirectError(Redirect.appendTo(folder.resolve("log").toFile()))
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                held.holdNext("docs", () -> signal("-STOP", process));
                assertThat(said.readLine()).as(() -> log()).isEqualTo("first");
                held.awaitHeld();

                stage(depot, 3);
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsInstanceOf(DepotUnavailableException.class)
                        .until(() -> depot.moveIfNewer(staged(3), FILE, NEWER));
                assertThat(text(depot)).isEqualTo("3");

                assertThat(held.send()).as("the store's answer").startsWith("HTTP/1.1 412");
                signal("-CONT", process);
                assertThat(said.readLine()).as(() -> log()).isIn("too late", "DepotUnavailableException");
                assertThat(text(depot)).isEqualTo("3");
            } finally {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException unread) {
            return unread.toString();
        }
    }

    private static String text(Depot depot) throws IOException {
        try (FileContent content = depot.get(FILE)) {
            return new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void signal(String signal, Process process) {
        try {
            assertThat(new ProcessBuilder("/bin/kill", signal, "" + process.pid())
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** What lies between a program and its store, and holds one request back: that one which replaces a file for the second time. */
    private static final class HeldRequest implements AutoCloseable {
        private final URI store;
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final CountDownLatch isHeld = new CountDownLatch(1);
        private final CountDownLatch sent = new CountDownLatch(1);
        private final CompletableFuture<String> answer = new CompletableFuture<>();
        private final AtomicBoolean due = new AtomicBoolean();
        private volatile String key = "";
        private volatile Runnable whenHeld = () -> {};

        HeldRequest(URI store) throws IOException {
            this.store = store;
            daemon(() -> {
                while (!server.isClosed()) {
                    Socket client = server.accept();
                    daemon(() -> serve(client));
                }
            });
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        void holdNext(String part, Runnable action) {
            key = part;
            whenHeld = action;
            due.set(true);
        }

        void awaitHeld() throws InterruptedException {
            assertThat(isHeld.await(60, TimeUnit.SECONDS)).isTrue();
        }

        /** Sends it on; returns the first line of the store's answer. */
        String send() throws Exception {
            sent.countDown();
            return answer.get(60, TimeUnit.SECONDS);
        }

        private interface Work {
            void run() throws Exception;
        }

        private static void daemon(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (Exception closed) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** Passes the requests of a connection on, one after the other. */
        private void serve(Socket client) throws Exception {
            try (client;
                    Socket upstream = new Socket(store.getHost(), store.getPort())) {
                daemon(() -> {
                    try (client) {
                        upstream.getInputStream().transferTo(client.getOutputStream());
                    }
                });
                InputStream in = client.getInputStream();
                OutputStream out = upstream.getOutputStream();
                for (byte[] head = head(in); head.length > 0; head = head(in)) {
                    String text = new String(head, StandardCharsets.ISO_8859_1);
                    boolean expects = text.toLowerCase(Locale.ROOT).contains("expect: 100-continue");
                    if (isTheOne(text)) {
                        hold(client, text, expects, in);
                        return;
                    }
                    out.write(head);
                    out.flush();
                    out.write(in.readNBytes(length(text)));
                    out.flush();
                }
            }
        }

        /** Returns whether it replaces the file by its second revision, and is not the attempt to be the first. */
        private boolean isTheOne(String head) {
            return head.startsWith("PUT ")
                    && head.substring(0, head.indexOf('\n')).contains(key)
                    && !key.isEmpty()
                    && revision(head).equals("2")
                    && !head.toLowerCase(Locale.ROOT).contains("\nif-none-match:")
                    && due.getAndSet(false);
        }

        private static String revision(String head) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-amz-meta-korm-a-revision:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        private void hold(Socket client, String head, boolean expects, InputStream in) throws Exception {
            if (expects) {
                client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
            }
            byte[] body = in.readNBytes(length(head));
            whenHeld.run();
            isHeld.countDown();
            sent.await();
            try (Socket late = new Socket(store.getHost(), store.getPort())) {
                String plain = head.replaceAll("(?im)^expect:.*\r\n", "");
                late.getOutputStream().write(plain.getBytes(StandardCharsets.ISO_8859_1));
                late.getOutputStream().write(body);
                late.getOutputStream().flush();
                byte[] told = head(late.getInputStream());
                answer.complete(new String(told, StandardCharsets.ISO_8859_1)
                        .lines()
                        .findFirst()
                        .orElse(""));
            }
        }

        private static int length(String head) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                    .mapToInt(line -> Integer.parseInt(
                            line.substring("content-length:".length()).strip()))
                    .findFirst()
                    .orElse(0);
        }

        /** Reads up to the empty line behind the headers; nothing at the end. */
        private static byte[] head(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            int last = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                head.write(next);
                last = last << 8 | next;
                if (last == 0x0d0a0d0a) {
                    return head.toByteArray();
                }
            }
            return new byte[0];
        }

        @Override
        public void close() throws IOException {
            sent.countDown();
            server.close();
        }
    }
}
