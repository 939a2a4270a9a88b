package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.depot.DepotException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depot.FileContentException;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileLinks;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

class S3FeaturesTest {
    private final S3Server server = S3Server.SHARED;
    private final String prefix = "features-" + UUID.randomUUID();

    private Depot open(S3Depot depot) {
        return depot.open("files", Environment.system());
    }

    private static Rn<?> file(String... parts) {
        return Rn.file("files", parts);
    }

    private static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(Depot depot, Rn<?> file) throws IOException {
        try (FileContent content = depot.get(file)) {
            return content.stream().readAllBytes();
        }
    }

    @Test
    void the_key_is_the_prefix_and_the_whole_rn() {
        try (Depot depot = open(server.depot("/root/" + prefix + "/"));
                S3Client s3 = server.client()) {
            depot.put(file("docs", "readme.txt"), new ByteArrayInputStream(new byte[3]), PutOptions.NONE);

            assertThat(s3.listObjectsV2(
                                    request -> request.bucket(server.bucket()).prefix("root/" + prefix))
                            .contents())
                    .singleElement()
                    .satisfies(object -> assertThat(object.key())
                            .isEqualTo("root/" + prefix + "/[rn][depot::files]:docs:readme.txt"));
        }
    }

    @Test
    void links_read_and_store_without_credentials() throws Exception {
        try (Depot depot = open(server.depot(prefix))) {
            FileLinks links = depot.links().orElseThrow();
            HttpClient http = HttpClient.newHttpClient();

            URI put = links.toPut(file("a b", "\u00e4.txt"), Duration.ofMinutes(5), Optional.of("text/plain"));
            HttpResponse<Void> stored = http.send(
                    HttpRequest.newBuilder(put)
                            .header("Content-Type", "text/plain")
                            .PUT(HttpRequest.BodyPublishers.ofString("by link"))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            HttpResponse<String> read = http.send(
                    HttpRequest.newBuilder(links.toGet(file("a b", "\u00e4.txt"), Duration.ofMinutes(5)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(stored.statusCode()).isEqualTo(200);
            assertThat(read.body()).isEqualTo("by link");
            FileStat stat = depot.stat(file("a b", "\u00e4.txt")).orElseThrow();
            assertThat(stat.contentType()).contains("text/plain");
            assertThat(stat.sha256()).isEmpty();
            assertThat(new String(read(depot, file("a b", "\u00e4.txt")), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("by link");
        }
    }

    @Test
    void a_missing_bucket_is_made_or_refused() {
        String bucket = "korm-" + UUID.randomUUID();
        S3Depot depot = S3Depot.bucket(bucket).endpoint(server.endpoint()).credentials(server.id(), server.secret());

        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> open(depot.whenMissing(S3Depot.MissingBucket.FAIL)))
                .withMessageContaining(bucket);
        try (Depot made = open(depot)) {
            assertThat(made.stat(file("a"))).isEmpty();
        }
        open(depot.whenMissing(S3Depot.MissingBucket.FAIL)).close();
    }

    @Test
    void an_upload_that_fails_leaves_no_parts() {
        try (Depot depot = open(server.depot(prefix));
                S3Client s3 = server.client()) {
            InputStream failing =
                    new SequenceInputStream(new ByteArrayInputStream(new byte[20_000_000]), new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw new IOException("The source is gone");
                        }
                    });

            assertThatExceptionOfType(FileContentException.class)
                    .isThrownBy(() -> depot.put(file("a"), failing, PutOptions.NONE));

            assertThat(s3.listMultipartUploads(request -> request.bucket(server.bucket()))
                            .uploads())
                    .noneMatch(upload -> upload.key().startsWith(prefix));
        }
    }

    @Test
    void a_file_larger_than_one_copy_is_copied_in_parts() throws IOException {
        byte[] content = random(Seed.next(getClass()), 12 * 1024 * 1024);
        try (Depot depot = open(server.depot(prefix).sizes(5 * 1024 * 1024, 5 * 1024 * 1024))) {
            FileStat stored =
                    depot.put(file("a"), new ByteArrayInputStream(content), PutOptions.NONE.contentType("image/png"));

            FileStat copied = depot.copy(file("a"), file("b"));

            assertThat(copied.sha256()).isEqualTo(stored.sha256());
            assertThat(depot.stat(file("b")).orElseThrow().sha256()).isEqualTo(stored.sha256());
            assertThat(depot.stat(file("b")).orElseThrow().contentType()).contains("image/png");
            assertThat(read(depot, file("b"))).isEqualTo(content);
        }
    }

    @Test
    void a_connection_that_breaks_while_a_file_is_read_is_taken_up_where_it_broke() throws Exception {
        byte[] content = random(Seed.next(getClass()), 6_000_000);
        URI real = URI.create(server.endpoint());
        try (Depot direct = open(server.depot(prefix));
                BreakingProxy proxy = new BreakingProxy(real.getPort())) {
            direct.put(file("a"), new ByteArrayInputStream(content), PutOptions.NONE);
            // The signature covers the host's name and port, so the proxy passes the request on as it is.
            try (Depot broken = open(server.depot(prefix).endpoint("http://127.0.0.1:" + proxy.port()))) {
                proxy.breakNextAfter(2_000_000);

                assertThat(read(broken, file("a"))).isEqualTo(content);
                assertThat(proxy.broken()).isEqualTo(1);
            }
        }
    }

    @Test
    void nobody_at_the_endpoint_is_told_as_such_and_may_be_tried_again() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        S3Depot depot = S3Depot.bucket("none")
                .endpoint("http://127.0.0.1:" + free)
                .credentials("id-of-mine", "secret-of-mine")
                .attempts(1);

        assertThatExceptionOfType(DepotUnavailableException.class)
                .isThrownBy(() -> open(depot))
                .satisfies(failed -> {
                    assertThat(failed.isRetryable()).isTrue();
                    assertThat(failed.depot()).isEqualTo("files");
                    assertThat(everything(failed)).doesNotContain("secret-of-mine");
                });
    }

    @Test
    void credentials_are_in_no_text() {
        S3Depot depot = S3Depot.bucket(server.bucket())
                .endpoint(server.endpoint())
                .credentials("wrong-id", "wrong-secret", "wrong-token");

        assertThat(depot.toString() + depot.description()).doesNotContain("wrong-");
        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> open(depot))
                .satisfies(refused -> assertThat(everything(refused))
                        .doesNotContain("wrong-secret")
                        .doesNotContain("wrong-token"));
        assertThatExceptionOfType(DepotException.class)
                .isThrownBy(() -> open(depot.credentials(server.id(), "wrong-secret")))
                .withMessageContaining("credentials")
                .satisfies(refused -> assertThat(everything(refused)).doesNotContain("wrong-secret"));
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> S3Depot.bucket("b").endpoint("https://me:hidden-word@host"))
                .satisfies(refused -> assertThat(everything(refused)).doesNotContain("hidden-word"));
    }

    private static String everything(Throwable failed) {
        StringWriter text = new StringWriter();
        failed.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void what_is_not_given_comes_from_the_environment() {
        Map<String, String> variables = Map.of(
                "S3_ENDPOINT", "minio.local",
                "AWS_ENDPOINT", "https://not.this",
                "AWS_REGION", "eu-central-1",
                "S3_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret",
                "AWS_SESSION_TOKEN", "token");

        LayerDescription.Options found = (LayerDescription.Options) S3Depot.bucket("b")
                .prefix("/p/q/")
                .variables(variables::get)
                .description()
                .location();
        LayerDescription.Options given = (LayerDescription.Options) S3Depot.bucket("b")
                .endpoint("http://here")
                .region("us-west-2")
                .credentials("mine", "own")
                .variables(variables::get)
                .description()
                .location();
        LayerDescription.Options none = (LayerDescription.Options)
                S3Depot.bucket("b").variables(name -> null).description().location();

        assertThat(found.identity())
                .containsEntry("endpoint", "https://minio.local")
                .containsEntry("region", "eu-central-1")
                .containsEntry("prefix", "p/q");
        assertThat(found.secret())
                .containsEntry("accessKeyId", "id")
                .containsEntry("secretAccessKey", "secret")
                .containsEntry("sessionToken", "token");
        assertThat(given.identity()).containsEntry("endpoint", "http://here").containsEntry("region", "us-west-2");
        assertThat(given.secret()).containsEntry("accessKeyId", "mine").doesNotContainKey("sessionToken");
        assertThat(none.identity()).containsEntry("region", "us-east-1").doesNotContainKey("endpoint");
    }

    /** Passes connections on, and breaks one answer off when it is told to. */
    private static final class BreakingProxy implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int target;
        private volatile long breakAfter = Long.MAX_VALUE;
        private volatile int broken;

        BreakingProxy(int target) throws IOException {
            this.target = target;
            start(() -> {
                while (true) {
                    Socket from = socket.accept();
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                    start(() -> pass(from, to, false));
                    start(() -> pass(to, from, true));
                }
            });
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void start(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException closed) {
                    return;
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void pass(Socket from, Socket to, boolean answer) throws IOException {
            try (from;
                    to) {
                byte[] buffer = new byte[8192];
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    out.write(buffer, 0, read);
                    if (answer && breakAfter != Long.MAX_VALUE) {
                        breakAfter -= read;
                        if (breakAfter <= 0) {
                            breakAfter = Long.MAX_VALUE;
                            broken++;
                            return;
                        }
                    }
                }
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        void breakNextAfter(long bytes) {
            breakAfter = bytes;
        }

        int broken() {
            return broken;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
