package dev.korm.kalam;

import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.kalam.KalamServer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The server that the conformance suite runs against: a real one at KORM_TEST_KALAM_URL, with its users' password in
 * KORM_TEST_KALAM_PASSWORD, or else one that is started here. The users are {@code admin} (dba), {@code service}, {@code alice} and {@code bob}.
 */
final class TestServer implements AutoCloseable {
    private final @Nullable KalamServer local;
    private final URI url;
    private final String password;

    private TestServer(@Nullable KalamServer local, URI url, String password) {
        this.local = local;
        this.url = url;
        this.password = password;
    }

    static TestServer open() {
        Map<String, String> environment = System.getenv();
        String given = environment.get("KORM_TEST_KALAM_URL");
        if (given != null) {
            return new TestServer(
                    null, URI.create(given), environment.getOrDefault("KORM_TEST_KALAM_PASSWORD", "Local-123"));
        }
        KalamServer server = KalamServer.start();
        return new TestServer(server, server.url(), server.password());
    }

    /** Returns the server that was started here, if it was. */
    Optional<KalamServer> local() {
        return Optional.ofNullable(local);
    }

    URI url() {
        return url;
    }

    String password() {
        return password;
    }

    KalamClientBuilder as(String user) {
        return KalamClient.builder().url(url).auth(Auth.basic(user, password));
    }

    /** Returns a namespace of its own for a test. */
    static String namespace(KalamClient admin) {
        String name = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        admin.query("CREATE NAMESPACE " + name);
        return name;
    }

    @Override
    public void close() {
        if (local != null) {
            local.close();
        }
    }
}
