package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.testkit.kalam.KalamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client whose requests go through TLS with a certificate of one's own, or through a proxy. */
class TlsAndProxyTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KalamServer server = KalamServer.start();
    private final AtomicInteger forwarded = new AtomicInteger();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    /** Hands a request on to the server. */
    private void forward(HttpExchange exchange) throws IOException {
        forwarded.incrementAndGet();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                server.url().resolve(exchange.getRequestURI().getRawPath()));
        for (String header : new String[] {"Authorization", "Content-Type"}) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        try {
            HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                    .send(
                            request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("own.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    @Test
    void a_certificate_of_ones_own_is_trusted_where_it_was_said_and_nowhere_else() throws Exception {
        KeyStore own = selfSigned();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("own", own.getCertificate("own"));
        trust.init(trusted);
        SSLContext ofServer = SSLContext.getInstance("TLS");
        ofServer.init(keys.getKeyManagers(), null, null);
        SSLContext ofClient = SSLContext.getInstance("TLS");
        ofClient.init(null, trust.getTrustManagers(), null);
        HttpsServer tls = HttpsServer.create(anyPort(), 0);
        tls.setHttpsConfigurator(new HttpsConfigurator(ofServer));
        tls.createContext("/", this::forward);
        tls.start();
        URI url = URI.create("https://localhost:" + tls.getAddress().getPort());
        try (KalamClient trusting = client(url)
                        .tls(ofClient.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0])
                        .build();
                KalamClient distrusting =
                        client(url).authRetry(RetryPolicy.none()).build()) {
            assertThat(trusting.queryOne("SELECT 1 AS one").orElseThrow().getInt("one"))
                    .isOne();
            int before = forwarded.get();
            assertThatThrownBy(() -> distrusting.query("SELECT 1 AS one")).isInstanceOf(KalamConnectionException.class);
            assertThat(forwarded.get())
                    .as("neither a password nor a statement was sent")
                    .isEqualTo(before);
        } finally {
            tls.stop(0);
        }
    }

    @Test
    void requests_go_through_the_proxy_that_was_said() throws Exception {
        HttpServer proxy = HttpServer.create(anyPort(), 0);
        proxy.createContext("/", this::forward);
        proxy.start();
        try (KalamClient client = client(URI.create("http://kalam.invalid:8080"))
                .proxy(new Proxy(Proxy.Type.HTTP, proxy.getAddress()))
                .build()) {
            assertThat(client.queryOne("SELECT 1 AS one").orElseThrow().getInt("one"))
                    .isOne();
            assertThat(forwarded.get()).as("the login and the statement").isEqualTo(2);
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void what_is_sent_is_not_kept_back_until_the_server_confirms_what_came_before() throws Exception {
        try (Socket socket = client(server.url()).http().socketFactory().createSocket()) {
            assertThat(socket.getTcpNoDelay()).isTrue();
        }
    }

    private KalamClientBuilder client(URI url) {
        return KalamClient.builder().url(url).auth(Auth.basic("admin", server.password()));
    }
}
