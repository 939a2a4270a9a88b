package dev.korm.kalam.layer;

import dev.korm.kalam.auth.Auth;
import dev.korm.testkit.kalam.KalamServer;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Namespaces of one server for the tests of a process: of a real one at KORM_TEST_KALAM_URL, with the password of its user {@code admin} in
 * KORM_TEST_KALAM_PASSWORD, or else of one that is started here, with all its traps.
 */
final class KalamStores {
    private KalamStores() {}

    /** Holds the server, which is started when it is first asked for, and ends with the process. */
    private static final class Holder {
        static final @Nullable String GIVEN = System.getenv("KORM_TEST_KALAM_URL");
        static final URI URL;
        static final String PASSWORD;

        static {
            if (GIVEN == null) {
                KalamServer server = KalamServer.start();
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                URL = server.url();
                PASSWORD = server.password();
            } else {
                URL = URI.create(GIVEN);
                PASSWORD = System.getenv().getOrDefault("KORM_TEST_KALAM_PASSWORD", "Local-123");
            }
        }
    }

    /** Returns a namespace that nobody else has. */
    static KalamNamespace fresh() {
        return named("t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12));
    }

    static KalamNamespace named(String name) {
        return Kalam.namespace(Holder.URL, name)
                .auth(Auth.basic("admin", Holder.PASSWORD))
                .durable();
    }
}
