package dev.korm.wal;

import dev.korm.depots.s3.S3Depot;
import dev.korm.spi.depot.DepotSource;
import java.util.UUID;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@NullUnmarked // Tests dereference what they expect to be there.
class S3DepotWalTest extends DepotWalContract {
    private static final String SECRET = "test-secret-key-" + UUID.randomUUID();
    private static final S3ProxyExtension SERVER = S3ProxyExtension.builder()
            .withCredentials("test-access-key", SECRET)
            .build();

    @BeforeAll
    static void startServer() throws Exception {
        SERVER.beforeEach(null);
    }

    @AfterAll
    static void stopServer() {
        SERVER.afterEach(null);
    }

    @Override
    protected DepotSource store() {
        return S3Depot.bucket("korm-test")
                .endpoint(SERVER.getUri().toString())
                .credentials("test-access-key", SECRET)
                .prefix("test-" + UUID.randomUUID());
    }
}
