package dev.korm.kalam.layer;

import dev.korm.kalam.auth.Auth;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.testkit.contract.store.LayerContract;
import dev.korm.testkit.kalam.KalamServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract of a layer, over a server with all its traps. */
class KalamLayerTest extends LayerContract {
    private static KalamServer server;
    private static int tests;

    @BeforeAll
    static void start() {
        server = KalamServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void count() {
        tests++;
    }

    private static KalamNamespace namespace() {
        return Kalam.namespace(server.url(), "t" + tests)
                .auth(Auth.basic("admin", server.password()))
                .durable();
    }

    @Override
    protected Layer open(String name) {
        return namespace().open(name, Environment.system());
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(namespace().readOnly().open(name, Environment.system()));
    }

    @Override
    protected boolean isShared() {
        return true;
    }
}
