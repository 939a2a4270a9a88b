package dev.korm.testkit.postgres;

import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.contract.store.LayerContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked // The pooler is there as long as the tests run.
class PgBouncerLayerTest extends LayerContract {
    private static PgBouncer pooler;

    private final String schema = PostgresServer.newSchema();

    @BeforeAll
    static void startPooler(@TempDir Path folder) throws IOException {
        pooler = new PgBouncer(folder);
    }

    @AfterAll
    static void stopPooler() {
        if (pooler != null) {
            pooler.close();
        }
    }

    @Override
    protected Layer open(String name) {
        return pooler.in(schema).open(name, Environment.system());
    }

    @Override
    protected boolean isShared() {
        return true;
    }

    @Override
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.of(pooler.in(schema).readOnly().open(name, Environment.system()));
    }
}
